/**
 * virtio-net writes a hint for each queue when it probes, so every irq boots with a request pending that no interrupt
 * has applied. The first write of ours must replace that one, wait, and be applied by the queue's first interrupt.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'first-write-after-probe',
  question: "Does the first write replace the driver's own pending hint, and wait for the first interrupt?",
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],
  settle: false,

  async run({ nic, holdUntouched, traffic, check, random }) {
    const moves = []
    for (const queue of nic.rxQueues) {
      moves.push(await queue.irq.request(random.maskExcluding(await queue.irq.effective())))
    }

    await holdUntouched(moves, { seconds: 1 })
    await traffic.discover({ hits: 3 })

    for (const move of moves) check(move).moved()
  },
})
