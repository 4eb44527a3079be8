/**
 * Lists that name no CPU of this machine: each is refused with the errno for what is wrong with it, and a request that waits
 * for its interrupt meanwhile is left alone.
 */
import { scenario } from '../../harness/index.ts'

const BAD = [
  '\n',
  ',',
  ' ',
  '\0',
  '9-8',
  '0-3:1/0',
  '0-3:5/4',
  '0-3:1',
  '1:1/2',
  '-1',
  '1-',
  '+1',
  '0x1',
  '1;2',
  'abc',
]
const TOO_FAR = [
  '64',
  '0-64',
  '1,64',
  '4294967294',
  '4294967295',
  '4294967296',
  '9'.repeat(20),
  '9'.repeat(65_536),
]

export default scenario({
  name: 'bad-list',
  question:
    'Is a list that names no CPU of the machine refused with the right errno, and is nothing changed by it?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check, random }) {
    const queue = random.pick(nic.rxQueues)
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    for (const text of [...BAD, ...TOO_FAR])
      check(await queue.irq.write('smp_affinity_list', text)).understood()

    await hold([move], { seconds: 0.2, whileMoving: nic.neighboursOf(queue).slice(0, 1) })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
