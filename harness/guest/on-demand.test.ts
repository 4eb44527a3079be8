import t from 'tap'
import { guestThatSays } from './guest-that-says-fixture.ts'
import { unpack } from './on-demand.ts'

const asked = (answer: string) => unpack(guestThatSays([[/./, answer]]).commands, 'ethtool')

await t.test('in the micro guest it is unpacked, elsewhere it is the guest’s own', async (t) => {
  t.equal(await asked('unpacked\n'), '/sbin/ethtool')
  t.equal(await asked('own /usr/sbin/ethtool\n'), '/usr/sbin/ethtool')
})

await t.test('a guest without it is not asked what needs it', async (t) => {
  await t.rejects(asked('none\n'), { name: 'NotApplicable', need: 'ethtool' })
})

await t.test('an archive that cannot be unpacked is trouble', async (t) => {
  await t.rejects(asked('cpio: short read\n'), {
    name: 'Trouble',
    stage: 'guest.program',
    message: /short read/,
  })
})
