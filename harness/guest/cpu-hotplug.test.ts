import t from 'tap'
import { CpuMask } from '../irq/cpu-mask.ts'
import { CpuHotplug } from './cpu-hotplug.ts'

const FOUR = CpuMask.of(0, 1, 2, 3)
const NO_PLACE = {
  plug: () => Promise.reject(new RangeError('no place')),
  unplug: (cpu: number) => Promise.reject(new RangeError(`${cpu} was not plugged in`)),
}

/** A guest that answers each script in turn, and what it was given. */
function guestThatSays(...answers: readonly string[]) {
  const scripts: string[] = []
  const left = [...answers]
  return {
    scripts,
    run: async (script: string) => {
      scripts.push(script)
      return left.shift() ?? 'hotplug status=0 error=\n'
    },
  }
}

/** `1/online=0` for each write. */
const writesOf = (scripts: readonly string[]) =>
  scripts.map((script) => script.replace(/^.*echo (\d) >\/sys\/\S*\/cpu(\d+)\/online.*$/s, 'cpu$2=$1'))

await t.test('the act stands between two marks', async (t) => {
  const guest = guestThatSays()
  await new CpuHotplug(guest, FOUR, NO_PLACE).offline(3)
  const [script = ''] = guest.scripts
  const at = [
    'irqlab offline cpu=3',
    'echo 0 >/sys/devices/system/cpu/cpu3/online',
    'irqlab offlined cpu=3',
  ].map((part) => script.indexOf(part))
  t.ok(at.every((place) => place >= 0))
  t.same(
    at,
    at.toSorted((a, b) => a - b),
  )
})

await t.test('what was not undone is undone, once', async (t) => {
  const guest = guestThatSays()
  const cpus = new CpuHotplug(guest, FOUR, NO_PLACE)
  await cpus.offline(1)
  await cpus.offline(3)
  await cpus.online(1)
  await cpus.restore()
  await cpus.restore()
  t.same(writesOf(guest.scripts), ['cpu1=0', 'cpu3=0', 'cpu1=1', 'cpu3=1'])
})

await t.test('a refusal is told, and nothing is to be undone', async (t) => {
  const guest = guestThatSays('hotplug status=1 error=sh: write error: Device or resource busy\n')
  const cpus = new CpuHotplug(guest, FOUR, NO_PLACE)
  await t.rejects(cpus.offline(0), {
    name: 'Trouble',
    stage: 'guest.hotplug',
    message: 'CPU 0 cannot be taken offline: sh: write error: Device or resource busy',
  })
  await cpus.restore()
  t.equal(guest.scripts.length, 1)
})

await t.test('an answer that is none is no success', async (t) => {
  await t.rejects(new CpuHotplug(guestThatSays('what?\n'), FOUR, NO_PLACE).online(2), {
    message: 'CPU 2 cannot be taken online: what?',
  })
})

await t.test('knows which CPUs it has left online', async (t) => {
  const refusing = 'hotplug status=1 error=busy\n'
  const cpus = new CpuHotplug(guestThatSays('hotplug status=0 error=\n', refusing), FOUR, NO_PLACE)
  await cpus.offline(3)
  t.equal(cpus.onlineNow.toList(), '0-2')
  await t.rejects(cpus.offline(2))
  t.equal(cpus.onlineNow.toList(), '0-2', 'what was refused changed nothing')
  await cpus.restore()
  t.equal(cpus.onlineNow.toList(), '0-3')
})

await t.test('a CPU that is plugged in is brought online', async (t) => {
  const guest = guestThatSays()
  const cpus = new CpuHotplug(guest, FOUR, { ...NO_PLACE, plug: () => Promise.resolve(5) })
  t.equal(await cpus.add(), 5)
  t.same(writesOf(guest.scripts), ['cpu5=1'])
  t.equal(cpus.onlineNow.toList(), '0-3,5')
  await t.rejects(new CpuHotplug(guest, FOUR, NO_PLACE).add(), { name: 'RangeError' })
})

await t.test('a CPU that is unplugged goes offline first, and does not come back', async (t) => {
  const guest = guestThatSays()
  const unplugged: number[] = []
  const unplug = (cpu: number) => Promise.resolve(void unplugged.push(cpu))
  const cpus = new CpuHotplug(guest, FOUR, { plug: () => Promise.resolve(5), unplug })
  await cpus.remove(await cpus.add())
  t.same(writesOf(guest.scripts), ['cpu5=1', 'cpu5=0'])
  t.same(unplugged, [5])
  t.equal(cpus.onlineNow.toList(), '0-3')
  await cpus.restore()
  t.equal(guest.scripts.length, 2)
})
