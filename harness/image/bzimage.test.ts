import t from 'tap'
import { parseBzImageHeader } from './bzimage.ts'
import { fakeBzImage } from './bzimage-fixture.ts'

t.same(parseBzImageHeader(fakeBzImage({ release: '7.3.4+deb13-cloud-amd64', payload: Buffer.alloc(9) })), {
  ok: true,
  release: '7.3.4+deb13-cloud-amd64',
  sizeMin: 1024 + 16 + 9,
  payload: { offset: 1024 + 16, length: 9 },
})
t.match(parseBzImageHeader(fakeBzImage({ release: '6.12.0-rc3-00012-gabcdef-dirty' })), {
  ok: true,
  release: '6.12.0-rc3-00012-gabcdef-dirty',
})

const others: readonly (readonly [string, Buffer, RegExp])[] = [
  ['an empty file', Buffer.alloc(0), /empty/],
  ['text', Buffer.from('hello\n'.repeat(500)), /no x86 boot header/],
  ['zeroes', Buffer.alloc(0x8000), /no x86 boot header/],
  ['the first sector alone', fakeBzImage().subarray(0, 512), /no x86 boot header/],
  [
    'a vmlinux',
    Buffer.from('\x7fELF\x02\x01'.padEnd(2000, '\0'), 'latin1'),
    /ELF image.*arch\/x86\/boot\/bzImage/,
  ],
  ['a gzip file', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(1000)]), /gzip/],
  ['a package', Buffer.from('!<arch>\ndebian-binary'.padEnd(2000)), /\.deb package/],
  ['a 32-bit kernel', fakeBzImage({ xloadflags: 0 }), /32-bit/],
  ['a very old kernel', fakeBzImage({ protocol: 0x20a }), /32-bit/],
  ['a release that would lead out of the cache', fakeBzImage({ release: '6.1/../../x' }), /names no release/],
  ['a header without a release', fakeBzImage({ release: '' }), /names no release/],
]
for (const [what, bytes, why] of others) t.match(parseBzImageHeader(bytes), { ok: false, why }, what)

const arm = Buffer.alloc(4096)
arm.write('MZ', 0, 'latin1')
arm.write('ARMd', 0x38, 'latin1')
t.match(parseBzImageHeader(arm), { ok: false, why: /arm64/ })
