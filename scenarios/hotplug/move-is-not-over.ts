/**
 * An irq was moved and has not fired on its new CPU yet, so its old vector is still to be given back when one of the two CPUs
 * goes offline. Nobody would give it back later: the kernel must do it then (a6c11c0a5235, CVE-2024-31076), whichever
 * of the two goes.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const OTHER = 1
const GONE = 3

export default scenario({
  name: 'move-is-not-over',
  question: 'Is the old vector given back when a CPU goes offline in the middle of a move?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug'],

  async run({ devices, cpus, hold, traffic, check, sh }) {
    const port = devices['virtio-serial']
    const moveTo = async (cpu: number, count: number) => {
      const move = await port.irq.request(CpuMask.of(cpu))
      await traffic.probe(port, { count })
      return move
    }
    await moveTo(GONE, 3)
    // The old CPU goes.
    await moveTo(OTHER, 1)
    await cpus.offline(GONE)
    await traffic.probe(port)
    await cpus.online(GONE)

    // The new CPU goes.
    await moveTo(OTHER, 3)
    const move = await moveTo(GONE, 1)
    await hold([move], { seconds: 0.2, whileMoving: [], with: () => cpus.offline(GONE) })
    await traffic.probe(port, { count: 3 })
    await cpus.online(GONE)
    check(move).fellBack()

    const last = await moveTo(OTHER, 3)
    await sh('sleep 0.2')
    check(last).vectorsGivenBack()
  },
})
