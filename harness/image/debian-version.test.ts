import t from 'tap'
import { compareDebianVersions } from './debian-version.ts'

await t.test('versions sort as dpkg sorts them', async (t) => {
  // Each is newer than the one before it: the order of `dpkg --compare-versions`.
  const sorted = [
    '5.10.218-1',
    '5.10.223-1',
    '6.1.9-1',
    '6.1.76-1',
    '6.1.172-1~deb11u1',
    '6.1.172-1',
    '6.1.192-1',
    '6.1.192-2',
    '6.12.117-1~bpo12+1',
    '6.12.117-1~deb12u1',
    '6.12.117-1',
    '6.12.117-1+b1',
    '7.2.13-1',
    '7.3~rc7-1~exp1',
    '7.3',
    '7.3-1',
    '7.3.4-1~bpo13+1',
    '7.3.4-1',
  ]
  for (const [at, one] of sorted.entries()) {
    for (const [other, another] of sorted.entries()) {
      t.equal(Math.sign(compareDebianVersions(one, another)), Math.sign(at - other), `${one} and ${another}`)
    }
  }
})
