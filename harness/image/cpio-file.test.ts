import t from 'tap'
import { cpioArchive } from '../image/cpio.ts'
import { fileIn } from './cpio-file.ts'

const archive = cpioArchive([
  { kind: 'file', path: '/bin/busybox', content: Buffer.from('the busybox') },
  { kind: 'file', path: '/bin/empty', content: Buffer.alloc(0) },
  { kind: 'link', path: '/bin/sh', target: 'busybox' },
  { kind: 'file', path: '/init', content: Buffer.from('#!/bin/sh\n') },
])

await t.test('a file comes out as it went in', async (t) => {
  t.equal(fileIn(archive, '/bin/busybox').toString(), 'the busybox')
  t.equal(fileIn(archive, '/init').toString(), '#!/bin/sh\n')
  t.equal(fileIn(archive, '/bin/empty').length, 0)
})

await t.test('a file that is not there is trouble, never an empty one', async (t) => {
  t.throws(() => fileIn(archive, '/bin/dash'), { name: 'Trouble', message: /no \/bin\/dash/ })
  t.throws(() => fileIn(archive, 'bin/busybox'), { name: 'Trouble' })
  t.throws(() => fileIn(Buffer.alloc(1024), '/init'), { name: 'Trouble', message: /no header .* byte 0/ })
})
