import t from 'tap'
import { parseDependencies, parseIndexed, parseMadison } from './debian-archive.ts'

await t.test('apt-cache madison', async (t) => {
  const text = ' linux-image-a | 6.1.192-2 | http://m/debian-security bookworm-security/main amd64 Packages\n'
  t.same(parseMadison(`${text}\n`), [
    { name: 'linux-image-a', version: '6.1.192-2', suite: 'bookworm-security' },
  ])
  t.same(parseMadison(' a | 1 | /var/lib/dpkg/status\n'), [{ name: 'a', version: '1', suite: undefined }])
  t.same(parseMadison(''), [])
  t.throws(() => parseMadison('W: something'), { name: 'Trouble', message: /wrote "W: something"/ })
})

await t.test('the Depends field', async (t) => {
  const text =
    'Package: a\nPre-Depends: no\nDepends: dracut | initramfs-tools (>= 0.1), linux-base-7.3 (= 7.3), kmod:any\nSize: 1\n'
  t.same(parseDependencies(text), ['dracut', 'initramfs-tools', 'linux-base-7.3', 'kmod'])
  t.same(parseDependencies('Package: a\n'), [])
})

await t.test('apt-cache show, with the suites of each version', async (t) => {
  const stanza = 'Package: a\nVersion: 1-1\nDepends: kmod, linux-base-1 (= 1-1)\nSize: 1500\n'
  const where = [
    { name: 'a', version: '1-1', suite: 'trixie' },
    { name: 'a', version: '1-1', suite: 'trixie-security' },
    { name: 'a', version: '1-2', suite: 'sid' },
    { name: 'a', version: '1-1', suite: undefined },
  ]
  const whole = {
    name: 'a',
    version: '1-1',
    suites: ['trixie', 'trixie-security'],
    depends: ['kmod', 'linux-base-1'],
    sizeBytes: 1500,
  }
  t.same(parseIndexed(`${stanza}\n${stanza}\n`, where), [whole], 'two suites, two stanzas, one package')
  t.same(parseIndexed('', where), [])
  for (const field of ['Package', 'Version', 'Size']) {
    const broken = stanza.replace(new RegExp(`^${field}:`, 'm'), 'Other:')
    t.throws(() => parseIndexed(broken, where), { name: 'Trouble', message: /apt-cache show wrote/ }, field)
  }
})
