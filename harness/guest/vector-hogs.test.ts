import t from 'tap'
import { VectorHogs } from './vector-hogs.ts'

/** A guest that answers each script in turn, and what it was given. */
function guestThatSays(...answers: readonly string[]) {
  const scripts: string[] = []
  const left = [...answers]
  return {
    scripts,
    run: async (script: string) => {
      scripts.push(script)
      return left.shift() ?? ''
    },
  }
}

const FILLED = 'usual f\nhog 45\nhog 46\nfilled\n'

await t.test(
  'all hogs are bound between two marks, with one CPU as the place where irqs start',
  async (t) => {
    const guest = guestThatSays(FILLED)
    await new VectorHogs(guest, 2).fill(2)
    const [script = ''] = guest.scripts
    const at = [
      'irqlab fill cpu=2',
      '0000:00:11.0/virtio*; do [ -e ',
      'echo 4 >/proc/irq/default_smp_affinity',
      '0000:00:10.0/virtio*; do [ ! -e ',
      '0000:00:11.0/virtio*; do [ ! -e ',
      'irqlab filled cpu=2',
    ].map((part) => script.indexOf(part))
    t.ok(
      at.every((place) => place >= 0),
      script,
    )
    t.same(
      at,
      at.toSorted((a, b) => a - b),
    )
  },
)

await t.test('everything is given back, once', async (t) => {
  const guest = guestThatSays(FILLED)
  const hogs = new VectorHogs(guest, 1)
  await hogs.restore()
  t.equal(guest.scripts.length, 0, 'nothing was taken')
  await hogs.fill(2)
  await hogs.restore()
  await hogs.restore()
  t.equal(guest.scripts.length, 2)
  t.match(guest.scripts[1], /unbind.*echo f >\/proc\/irq\/default_smp_affinity$/s)
})

await t.test('what an irq of a hog makes the kernel say is ours; of another irq it is a fault', async (t) => {
  const hogs = new VectorHogs(guestThatSays(FILLED), 1)
  t.same(hogs.provoked, [])
  await hogs.fill(2)
  const isOurs = (line: string) => hogs.provoked.some((pattern) => pattern.test(line))
  t.ok(isOurs('<4>[  9.6] irq 46: Affinity broken due to vector space exhaustion.'))
  t.notOk(isOurs('<4>[  9.6] irq 4: Affinity broken due to vector space exhaustion.'))
  t.notOk(isOurs('<4>[  9.6] irq 146: Affinity broken due to vector space exhaustion.'))
  t.notOk(isOurs('<4>[  9.6] IRQ46: set affinity failed(-28).'))
})

await t.test(
  'a hog that cannot be bound, a guest that says nothing, and a machine without hogs',
  async (t) => {
    const cannot = new VectorHogs(guestThatSays('usual f\nfailed bind virtio5\nfilled\n'), 1)
    await t.rejects(cannot.fill(2), {
      name: 'Trouble',
      stage: 'guest.vectors',
      message: 'The vectors of CPU 2 cannot be taken: failed bind virtio5',
    })
    await t.rejects(new VectorHogs(guestThatSays('what?\n'), 1).fill(3), {
      message: 'The vectors of CPU 3 cannot be taken: what?',
    })
    await t.rejects(new VectorHogs(guestThatSays(), 0).fill(2), { name: 'RangeError', message: /vectorHogs/ })
  },
)
