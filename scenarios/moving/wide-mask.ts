/**
 * With more than 32 CPUs a mask is more than one word, and its hexadecimal form has groups with commas between. A CPU of the
 * second word is as good as one of the first, alone and beside one. Three such CPUs are enough: the others stay offline.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

export default scenario({
  name: 'wide-mask',
  question: 'Does an irq move to CPUs beyond the first 32, asked for as a list and as groups of hex digits?',
  machine: { name: 'few-of-forty', devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug', 'more than 32 CPUs'],

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    const high = CpuMask.of(...cpus.possible.cpus.filter((cpu) => cpu >= 32).slice(-3))
    for (const cpu of high.cpus) await cpus.online(cpu)
    for (const [as, words] of [
      ['hex', 1],
      ['list', 1],
      ['hex', 2],
    ] as const) {
      const here = await port.irq.effective()
      const beyond = random.maskOf(high.minus(here))
      const mask = words === 1 ? beyond : beyond.union(random.maskExcluding(high.union(here)))
      const move = await port.irq.request(mask, { as })
      await hold([move], { seconds: 0.5, whileMoving: nic.rxQueues })
      await traffic.probe(port)
      await traffic.probe(port, { count: 3 })

      check(move).moved()
    }
  },
})
