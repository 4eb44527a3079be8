/**
 * As tp-qemu asks (qemu/tests/sr_iov_irqbalance.py): a mask is written and must read back, and under traffic the counter of
 * the CPU must grow, within some rounds. Only the way of asking: it is not repeated that it writes decimal into a hex file.
 */
import { CpuMask, scenario } from '../../index.ts'

const ROUNDS = 5

export default scenario({
  name: 'tp-qemu-sr-iov-irqbalance',
  question: 'Does the mask read back, and does the counter of its CPU grow under traffic?',
  machine: 'plain',
  needs: ['effective_affinity'],

  async run({ nic, traffic, sh }) {
    const count = async (irq: number, cpu: number) =>
      Number((await sh(`grep '^ *${irq}:' /proc/interrupts`)).trim().split(/\s+/)[cpu + 1])
    for (const queue of nic.rxQueues) {
      const { number } = queue.irq
      for (const cpu of [1, 2]) {
        await queue.irq.request(CpuMask.of(cpu), { as: 'hex' })
        const shown = (await sh(`cat /proc/irq/${number}/smp_affinity`)).trim()
        if (Number.parseInt(shown, 16) !== 2 ** cpu)
          throw new Error(`a peer says no: CPU ${cpu} was written to ${queue.name}, ${shown} reads back`)
        const before = await count(number, cpu)
        for (let round = 0; round < ROUNDS && (await count(number, cpu)) === before; round++)
          await traffic.probe(queue, { count: 3 })
        if ((await count(number, cpu)) === before)
          throw new Error(`a peer says no: no interrupt of ${queue.name} was counted on CPU ${cpu}`)
      }
    }
  },
})
