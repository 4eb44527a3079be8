/** The same for the hexadecimal file: what no mask is, or is too long for the machine, is refused and changes nothing. */
import { scenario } from '../../harness/index.ts'

const BAD = ['\n', ',', ' ', '\0', '0', '00000000', 'zz', '1z', '0x1', '-1', '+1', '1;2']
const TOO_LONG = ['1,00000001,00000001,00000001', '000000001', '1 1 1 1 1', 'f'.repeat(9), 'f'.repeat(65_536)]

export default scenario({
  name: 'bad-hex',
  question: 'Is a text that is no mask of CPUs refused with the right errno, and is nothing changed by it?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check, random }) {
    const queue = random.pick(nic.rxQueues)
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()), { as: 'hex' })
    for (const text of [...BAD, ...TOO_LONG]) check(await queue.irq.write('smp_affinity', text)).understood()

    await hold([move], { seconds: 0.2, whileMoving: nic.neighboursOf(queue).slice(0, 1) })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
