import t from 'tap'
import { debianMirror, mirrorFromSites, mirrorFromVariable, sitesOf } from './debian-mirror.ts'

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

t.same(
  sitesOf(`'http://m.test/debian/dists/bookworm/InRelease' m.test_debian_dists_bookworm_InRelease 0
'http://m.test/debian-security/dists/bookworm-security/InRelease' x 0
'http://flat.test/repo/./Packages' y 0
W: something
`),
  ['http://m.test/debian', 'http://m.test/debian-security'],
)

const { IRQLAB_DEBIAN_MIRROR } = process.env
process.env['IRQLAB_DEBIAN_MIRROR'] = 'https://asked.test/debian/'
t.equal((await debianMirror()).debian, 'https://asked.test/debian', 'what was asked for wins')
if (IRQLAB_DEBIAN_MIRROR === undefined) delete process.env['IRQLAB_DEBIAN_MIRROR']
else process.env['IRQLAB_DEBIAN_MIRROR'] = IRQLAB_DEBIAN_MIRROR
