/** Are releases read and compared right? */
import t from 'tap'
import { isAtLeast, parseKernelRelease } from './kernel-release.ts'

await t.test('reads the releases of Debian and of kernel.org', async (t) => {
  const cases: readonly (readonly [string, number, number, number])[] = [
    ['6.1.0-56-cloud-amd64', 6, 1, 0],
    ['6.12.107+deb13-cloud-amd64', 6, 12, 107],
    ['7.3.4+deb13-cloud-amd64', 7, 3, 4],
    ['6.12.0-rc7', 6, 12, 0],
    ['7.3~rc7', 7, 3, 0],
    ['5.10.223', 5, 10, 223],
    ['5.10.0-32-cloud-amd64', 5, 10, 0],
    ['6.18.44-fc-v657', 6, 18, 44],
    ['6.19.0-next-20260105_x+', 6, 19, 0],
    ['7.3.4+', 7, 3, 4],
    ['6.6', 6, 6, 0],
  ]
  for (const [text, major, minor, patch] of cases) {
    t.same(parseKernelRelease(text), { major, minor, patch, text })
    t.same(parseKernelRelease(`${text}\n`), { major, minor, patch, text }, 'with the newline of uname')
  }
})

await t.test('refuses what is no release', async (t) => {
  for (const text of [
    '',
    '\n',
    '6',
    '6.',
    '6.1.',
    'v6.1',
    '6.1-',
    '6.1.0-56\n\n',
    '6.1.0 56',
    'Linux 6.1.0',
    '6.1.x',
    '-6.1',
  ]) {
    t.throws(() => parseKernelRelease(text), { name: 'MalformedText', source: 'kernel release' }, text)
  }
})

const at = (text: string, version: string): boolean => isAtLeast(parseKernelRelease(text), version)

await t.test('compares by number, not by letter', async (t) => {
  t.equal(at('6.12.107+deb13-cloud-amd64', '6.6'), true)
  t.equal(at('6.5.13', '6.6'), false)
  t.equal(at('6.6.0', '6.6'), true)
  t.equal(at('6.6.46', '6.6.47'), false)
  t.equal(at('6.6.47', '6.6.47'), true)
  t.equal(at('7.0.1', '6.19'), true)
  t.equal(at('5.19.1', '6.1'), false)
  t.equal(at('6.6.0-rc1', '6.6'), true, 'a release candidate has what came in the merge window')
})
