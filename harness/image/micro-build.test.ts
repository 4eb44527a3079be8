import t from 'tap'
import { packageVersions } from './micro-build.ts'

await t.test('names of package files', async (t) => {
  t.same(
    packageVersions([
      'partial',
      'zlib1g_1%3a1.2.13.dfsg-1_amd64.deb',
      'busybox-static_1%3a1.35.0-4+b1_amd64.deb',
    ]),
    [
      { name: 'busybox-static', version: '1:1.35.0-4+b1' },
      { name: 'zlib1g', version: '1:1.2.13.dfsg-1' },
    ],
  )
  t.throws(() => packageVersions(['strange.deb']), { name: 'Trouble' })
})
