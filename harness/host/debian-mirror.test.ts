import t from 'tap'
import { mirrorFromSites, mirrorFromVariable } from './debian-mirror.ts'

t.same(mirrorFromSites(['http://mirror.test/debian', 'http://mirror.test/debian-security']), {
  debian: 'http://mirror.test/debian',
  security: 'http://mirror.test/debian-security',
})
t.same(
  mirrorFromSites([
    'https://other.test/packages',
    'http://security.test/debian-security',
    'http://a.test/debian/',
  ]),
  { debian: 'http://a.test/debian/', security: 'http://security.test/debian-security' },
  'other archives and the order do not matter',
)
t.same(
  mirrorFromSites(['http://s.test/archive/debian/20250520T000000Z']),
  {
    debian: 'http://s.test/archive/debian/20250520T000000Z',
    security: 'http://s.test/archive/debian-security/20250520T000000Z',
  },
  'a dated snapshot, and the security archive beside it',
)
t.throws(() => mirrorFromSites(['http://archive.test/ubuntu', '']), {
  name: 'Trouble',
  stage: 'host.mirror',
  lasting: true,
  hint: /IRQLAB_DEBIAN_MIRROR/,
})
t.same(mirrorFromVariable('http://m.test/debian//'), {
  debian: 'http://m.test/debian',
  security: 'http://m.test/debian-security',
})
for (const wrong of ['foo', 'ftp://x/debian', 'http://', 'http://a b/debian']) {
  t.throws(
    () => mirrorFromVariable(wrong),
    { name: 'UsageError', message: /^IRQLAB_DEBIAN_MIRROR is "/ },
    wrong,
  )
}
