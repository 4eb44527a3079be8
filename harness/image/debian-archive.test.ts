import t from 'tap'
import { parseDependencies, parseMadison } from './debian-archive.ts'

await t.test('apt-cache madison', async (t) => {
  const text = ' linux-image-a | 6.1.192-2 | http://m/debian-security bookworm-security/main amd64 Packages\n'
  t.same(parseMadison(`${text}\n`), [{ name: 'linux-image-a', version: '6.1.192-2' }])
  t.same(parseMadison(''), [])
  t.throws(() => parseMadison('W: something'), { name: 'Trouble', message: /wrote "W: something"/ })
})

await t.test('the Depends field', async (t) => {
  const text =
    'Package: a\nPre-Depends: no\nDepends: dracut | initramfs-tools (>= 0.1), linux-base-7.3 (= 7.3), kmod:any\nSize: 1\n'
  t.same(parseDependencies(text), ['dracut', 'initramfs-tools', 'linux-base-7.3', 'kmod'])
  t.same(parseDependencies('Package: a\n'), [])
})
