import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { Fence } from './fence.ts'

await t.test('once it is shut, no act gets through', async (t) => {
  const ran: string[] = []
  const fence = new Fence({
    run: (command) => {
      ran.push(command)
      return Promise.resolve({ status: 0, output: '' })
    },
  })
  const deadline = new Deadline('test', 'a command', 1000)
  await fence.run('before', deadline)
  fence.shut()
  await t.rejects(fence.run('after', deadline), { name: 'Trouble', stage: 'host.over' })
  t.same(ran, ['before'])
})
