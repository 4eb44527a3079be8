import t from 'tap'
import { Trouble } from '../base/errors.ts'
import { cpioArchive } from './cpio.ts'
import { firstArchive } from './cpio-parts.ts'

const first = cpioArchive([
  { kind: 'file', path: '/etc/key', content: Buffer.from('abc') },
  { kind: 'link', path: '/bin/sh', target: 'busybox' },
])
const second = cpioArchive([{ kind: 'file', path: '/lib/module.ko', content: Buffer.alloc(70_000) }])

void t.test('finds the members of the first archive, and where the next one begins', (t) => {
  const { members, length } = firstArchive(Buffer.concat([first, second]))
  t.strictSame(
    members.map(({ name }) => name),
    ['bin', 'bin/sh', 'etc', 'etc/key'],
  )
  t.equal(length, first.length)
  const again = Buffer.concat([...members.map(({ bytes }) => bytes), cpioArchive([])])
  t.ok(first.subarray(0, again.length - 512).equals(again.subarray(0, again.length - 512)))
  t.end()
})

void t.test('refuses what is no archive, or is cut', (t) => {
  t.throws(() => firstArchive(Buffer.from('no cpio')), Trouble)
  t.throws(() => firstArchive(first.subarray(0, 150)), Trouble)
  t.throws(() => firstArchive(Buffer.alloc(0)), Trouble)
  t.end()
})
