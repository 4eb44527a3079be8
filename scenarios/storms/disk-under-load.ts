/**
 * The MSI of an AHCI controller cannot be masked, and its message is written in two halves: what comes in between may go to a
 * CPU that has no such vector. A disk whose interrupt is lost waits half a minute for it. So it is sent from CPU to CPU
 * while it is read as fast as it goes.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const HOPS = 24

export default scenario({
  name: 'disk-under-load',
  question: 'Can the MSI of a disk that cannot be masked go from CPU to CPU while the disk is read?',
  machine: { devices: ['ahci'] },
  needs: ['effective_affinity', 'the pending bit'],

  async run({ devices: { ahci }, nic, rounds, traffic, check, random }) {
    // More vectors in use on one CPU than on the next: so the numbers differ when the irq moves.
    for (const queue of nic.rxQueues) {
      await queue.irq.request(CpuMask.of(2))
      await traffic.probe(queue)
      await traffic.probe(queue, { count: 2 })
    }
    let to = await ahci.irq.effective()
    for await (const _ of rounds()) {
      await traffic.flood(ahci, async () => {
        for (let hop = 1; hop <= HOPS; hop++) await ahci.irq.request((to = random.maskExcluding(to)))
      })
      await traffic.probe(ahci, { count: 5 })
    }
    const last = await ahci.irq.request(random.maskExcluding(to))
    await traffic.probe(ahci, { count: 5 })

    check(last).keptUnderLoad()
    check(last).vectorsGivenBack()
  },
})
