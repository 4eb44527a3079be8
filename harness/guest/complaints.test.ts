import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { pause } from '../base/poll.ts'
import { Complaints } from './complaints.ts'

await t.test('a file that cannot be written does not take the words away', async (t) => {
  const stream = new PassThrough()
  const complaints = new Complaints(stream, '/no/such/directory/qemu.log')
  stream.write('qemu: no space\n')
  await pause(20)
  t.equal(complaints.words, ': qemu: no space')
})

await t.test('the last line is quoted, and everything is kept', async (t) => {
  const path = join(t.testdir({}), 'qemu.log')
  const stream = new PassThrough()
  const complaints = new Complaints(stream, path)
  t.equal(complaints.words, '', 'silence is not quoted')
  stream.write('qemu: warning: TCG does not support x\nqemu: could not con')
  stream.write('figure /dev/net/tun (irqlab-test)\n')
  await pause(1)
  t.equal(complaints.words, ': qemu: could not configure /dev/net/tun (irqlab-test)')
  stream.write(`${'x'.repeat(9000)}\nlast\n`)
  stream.destroy()
  await pause(20)
  t.equal(complaints.words, ': last')
  const kept = await readFile(path, 'utf8')
  t.match(kept, /^qemu: warning/)
  t.match(kept, /last\n$/)
})
