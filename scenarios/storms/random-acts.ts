/**
 * A list of acts as nobody would write it: masks of one CPU, masks with the current one, requests over requests, with
 * interrupts after some of them and not after others. The seed makes the same list on every kernel, so two kernels can be
 * compared act by act: npm run differential.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const ACTS = 16

export default scenario({
  name: 'random-acts',
  question:
    'Does a random list of requests and interrupts end where it should, and the same on every kernel?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit'],
  changes: 'affinity masks',

  async run({ devices, rounds, traffic, check, random }) {
    const port = devices['virtio-serial']
    let at = 0
    await port.irq.request(CpuMask.of(at))
    await traffic.probe(port, { count: 3 })
    for await (const _ of rounds()) {
      for (let act = 1; act <= ACTS; act++) {
        const to = random.pick([0, 1, 2, 3])
        const kind = random.pick(['alone', 'beside where it is', 'over another'] as const)
        const as = random.pick(['list', 'hex'] as const)
        if (kind === 'over another') await port.irq.request(CpuMask.of((to + 1) % 4))
        await port.irq.request(kind === 'beside where it is' ? CpuMask.of(at, to) : CpuMask.of(to), { as })
        if (random.pick([1, 2, 3]) === 3) continue
        await traffic.probe(port, { count: 3 })
        if (kind !== 'beside where it is') at = to
      }
    }
    const last = await port.irq.request(CpuMask.of((at + 1) % 4))
    await traffic.probe(port, { count: 3 })

    check(last).keptUnderLoad()
    check(last).vectorsGivenBack()
  },
})
