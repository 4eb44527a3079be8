/**
 * With more than 32 CPUs a mask is more than one word, and its hexadecimal form has groups with commas between. A CPU of the
 * second word is as good as one of the first, alone and beside one.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

export default scenario({
  name: 'wide-mask',
  question: 'Does an irq move to CPUs beyond the first 32, asked for as a list and as groups of hex digits?',
  machine: { name: 'forty-cpus', devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'more than 32 CPUs'],
  changes: 'affinity masks',

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    const low = CpuMask.of(...cpus.possible.cpus.filter((cpu) => cpu < 32))
    for (const [as, words] of [
      ['hex', 1],
      ['list', 1],
      ['hex', 2],
    ] as const) {
      const here = await port.irq.effective()
      const high = random.maskExcluding(low.union(here))
      const mask = words === 1 ? high : high.union(random.maskOf(low.minus(here)))
      const move = await port.irq.request(mask, { as })
      await hold([move], { seconds: 0.5, whileMoving: nic.rxQueues })
      await traffic.probe(port)
      await traffic.probe(port, { count: 3 })

      check(move).moved()
    }
  },
})
