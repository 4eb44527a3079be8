import t from 'tap'
import { kcoreOffset, parseKcoreMap } from './kcore.ts'

/** The head of /proc/kcore of a 6.1 guest, as `KCORE_HEAD_COMMAND` prints it: one note and seven segments. */
const HEAD = ` 00010102464c457f 0000000000000000
 00000001003e0004 0000000000000000
 0000000000000040 0000000000000000
 0038004000000000 0000000000000008
 0000000000000004 0000000000000200
 0000000000000000 0000000000000000
 0000000000002f74 0000000000000000
 0000000000000000 0000000700000001
 00ffffff82a04000 ffffffff82a00000
 0000000018600000 0000000002830000
 0000000002830000 0000000000001000
 0000000700000001 0058198580004000
 ff58198580000000 ffffffffffffffff
 0031ffffffffffff 0031ffffffffffff
 0000000000001000 0000000700000001
 00ffffffc0004000 ffffffffc0000000
 ffffffffffffffff 000000003f000000
 000000003f000000 0000000000001000
 0000000700000001 001cb81980005000
 ff1cb81980001000 0000000000001000
 000000000009e000 000000000009e000
 0000000000001000 0000000700000001
 00d23d0580004000 ffd23d0580000000
 ffffffffffffffff 0000000000003000
 0000000000003000 0000000000001000
 0000000700000001 001cb81980104000
 ff1cb81980100000 0000000000100000
 000000001fee0000 000000001fee0000
 0000000000001000 0000000700000001
 00d23d0580008000 ffd23d0580004000
 ffffffffffffffff 00000000007fc000
 00000000007fc000 0000000000001000
`

await t.test('an irq descriptor is found in the segment that maps its memory', async (t) => {
  const map = parseKcoreMap(HEAD)
  t.equal(map.segments.length, 7, 'the note is no segment')
  const descriptor = 0xff1cb81999f53600n
  t.equal(kcoreOffset(map, descriptor), 0x1cb81980104000n + (descriptor - 0xff1cb81980100000n))
  t.equal(kcoreOffset(map, 0xffffffff82a00000n), 0xffffff82a04000n, 'kernel text')
})

await t.test('a segment ends before its last byte plus one', async (t) => {
  const map = parseKcoreMap(HEAD)
  const start = 0xff1cb81980001000n
  const end = start + 0x9e000n
  t.equal(kcoreOffset(map, start), 0x1cb81980005000n)
  t.equal(kcoreOffset(map, end - 1n), 0x1cb81980005000n + 0x9dfffn)
  t.equal(kcoreOffset(map, end), undefined, 'the hole below 1 MiB')
  t.equal(kcoreOffset(map, start - 1n), undefined)
  t.equal(kcoreOffset(map, 0n), undefined)
})

await t.test('a dump cut in the middle of a header gives the segments before it', async (t) => {
  const lines = HEAD.split('\n')
  t.equal(parseKcoreMap(lines.slice(0, 15).join('\n')).segments.length, 2)
})

await t.test('anything else is malformed, never an empty map', async (t) => {
  const malformed = (text: string) =>
    t.throws(() => parseKcoreMap(text), { name: 'MalformedText' }, text.slice(0, 40))
  malformed('')
  malformed('dd: /proc/kcore: Operation not permitted')
  malformed(HEAD.split('\n').slice(0, 4).join('\n'))
  malformed(HEAD.replace('464c457f', '00000000'))
  malformed(HEAD.replace('0000000000000040', '*'))
  malformed(HEAD.replace('00ffffff82a04000', '00ffffff82a0400'))
})
