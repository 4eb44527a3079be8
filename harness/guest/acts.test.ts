import t from 'tap'
import { act } from './acts.ts'
import { guestThatSays } from './guest-that-says-fixture.ts'
import { Irqbalance } from './irqbalance.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { unpack } from './on-demand.ts'

const DONE = 'acted status=0\n'

await t.test('an act stands between two marks, and gives what it printed', async (t) => {
  const { commands, scripts } = guestThatSays([[/ifconfig/, `said\n${DONE}`]])
  t.equal(await act(commands, 'channels', 'ifconfig test0', { pairs: 2 }), 'said')
  const [script = ''] = scripts
  const at = [
    "echo 'irqlab act what=channels pairs=2'",
    'ifconfig test0',
    'irqlab acted what=channels status=$s',
  ].map((part) => script.indexOf(part))
  t.ok(
    at.every((place) => place >= 0),
    script,
  )
  t.same(
    at,
    at.toSorted((a, b) => a - b),
  )
})

await t.test('one that failed is trouble, with its words', async (t) => {
  const { commands } = guestThatSays([[/down/, 'ifconfig: no such device\nacted status=1\n']])
  await t.rejects(act(commands, 'ifdown', 'ifconfig test0 down'), {
    name: 'Trouble',
    stage: 'guest.act',
    message: 'ifdown failed in the guest: ifconfig: no such device',
  })
  await t.rejects(act(guestThatSays([]).commands, 'ifup', 'ifconfig test0 up'), {
    message: /ifup failed .* no reason/,
  })
})

await t.test('a program is unpacked where it is not there', async (t) => {
  const { commands, scripts } = guestThatSays([[/ethtool/, 'unpacked\n']])
  t.equal(await unpack(commands, 'ethtool'), '/sbin/ethtool')
  t.match(scripts[0], /\[ -x \/sbin\/ethtool \] \|\| \{ zcat \/programs-irqlab\/ethtool\.cpio\.gz \| cpio/)
  await t.rejects(unpack(guestThatSays([[/zcat/, 'zcat: no such file\n']]).commands, 'irqbalance'), {
    stage: 'guest.program',
    message: /irqbalance cannot be unpacked in the guest: zcat: no such file/,
  })
})

await t.test('irqbalance is started, told what not to use, and ended once', async (t) => {
  const { commands, scripts } = guestThatSays([
    [/zcat/, 'unpacked\n'],
    [/foreground/, `started 77\n${DONE}`],
    [/kill/, DONE],
  ])
  const irqbalance = new Irqbalance(commands)
  await irqbalance.stop()
  t.equal(scripts.length, 0, 'nothing ran')
  await irqbalance.start({ without: CpuMask.of(0, 2) })
  t.match(scripts[1], /IRQBALANCE_BANNED_CPULIST=0,2 \/usr\/sbin\/irqbalance --foreground/)
  await irqbalance.stop()
  await irqbalance.stop()
  t.equal(scripts.length, 3)
  t.match(scripts[2], /kill 77; wait 77/)
})

await t.test('irqbalance that does not say its process did not start', async (t) => {
  const { commands } = guestThatSays([
    [/zcat/, 'unpacked\n'],
    [/foreground/, `sh: not found\n${DONE}`],
  ])
  await t.rejects(new Irqbalance(commands).start(), { message: /irqbalance did not start: sh: not found/ })
})
