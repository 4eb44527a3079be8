import { join } from 'node:path'
import t from 'tap'
import { parseGuestSource } from './guest-source.ts'
import { parseKernelSource } from './kernel-source.ts'
import { checkGuest, defaultKernel } from './prepare-guest-image.ts'

const disk = Buffer.alloc(4096)
disk.writeUInt16LE(0xaa55, 510)
const path = join(t.testdir({ 'disk.img': disk }), 'disk.img')
const [micro, full, image, rooted] = [
  'micro',
  'debian-full',
  `qcow2:${path}`,
  `qcow2:${path},root=/dev/vda1`,
].map((text) => parseGuestSource(text, {}))
if (micro === undefined || full === undefined || image === undefined || rooted === undefined)
  throw new Error('four guests were meant')
const [own, debian] = [parseKernelSource('own'), parseKernelSource('debian:6.1')]

await t.test('an image brings its kernel, the others get one', async (t) => {
  t.same([micro, full, image].map(defaultKernel), ['debian:6.1', 'debian:6.1', 'own'])
})

await t.test('a kernel that the guest cannot start with', async (t) => {
  const none = { append: '' }
  for (const [guest, kernels] of [
    [micro, [debian]],
    [full, [debian]],
    [image, [own]],
    [rooted, [debian, own]],
  ] as const)
    t.doesNotThrow(() => checkGuest(guest, kernels, none))
  t.throws(() => checkGuest(full, [own], none), {
    name: 'UsageError',
    message: /--kernel own: --guest debian-full has no kernel of its own/,
  })
  t.throws(() => checkGuest(image, [debian], none), { name: 'UsageError', message: /by ,root=\/dev\/vda1/ })
  t.throws(() => checkGuest(image, [own], { append: 'quiet' }), {
    name: 'UsageError',
    message: /--append "quiet": .*name a --kernel/,
  })
})
