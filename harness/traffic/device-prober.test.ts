/** Is each probe of a device sent only after the one before, and is one that never arrives told as it was? */
import t from 'tap'
import { NotedLimits } from '../base/noted-limits-fixture.ts'
import type { TestDevice } from '../guest/devices.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Reading } from '../irq/reading.ts'
import { DeviceProber, type Firing, type ProbedGuest } from './device-prober.ts'

const DEVICE: TestDevice = {
  name: 'ttyS1',
  node: '/dev/ttyS1',
  irq: { number: 3, action: 'ttyS1', chip: 'IO-APIC' },
  stimulus: { kind: 'byte' },
}

/** A guest that notes what `arrive` lets through, some polls later; `log` is what happened, in order. */
function proberOf({ arrive = (id: string) => id, latePolls = 0, tornReadings = 0, untaken = 0 }): {
  readonly prober: DeviceProber
  readonly log: string[]
  /** Of each wait for a probe. */
  readonly limitsMs: readonly number[]
} {
  const log: string[] = []
  const limits = new NotedLimits()
  let noted = ''
  let late = latePolls
  let torn = tornReadings
  const after: Reading = {
    irq: DEVICE.irq,
    bootId: 'b007',
    onlineCpus: CpuMask.of(0, 1),
    counts: [1, 0],
    readBack: CpuMask.of(0),
    effective: CpuMask.of(0),
    state: undefined,
  }
  const parts: ProbedGuest = {
    guest: {
      run: (script) => {
        log.push(script.includes('</run/irqlab-ttyS1') ? 'poll' : 'other')
        return Promise.resolve(`received ${late-- > 0 ? '' : noted}\nreading of ttyS1\n`)
      },
    },
    reader: { command: (irq) => `reading ${irq}`, parse: () => (torn-- > 0 ? undefined : [after]) },
    marks: {
      announce: (irqs, first, also) => {
        log.push(`mark ${irqs.join()} first ${first}`)
        if (also === ': >/run/irqlab-ttyS1') noted = ''
        return Promise.resolve(log.length)
      },
    },
    limits,
  }
  const firing: Firing = {
    fire: (id) => {
      log.push(`fire ${id}`)
      noted += arrive(id)
      return Promise.resolve()
    },
    taken: (sent) => Promise.resolve(sent - untaken),
  }
  return { prober: new DeviceProber(DEVICE, parts, firing), log, limitsMs: limits.allowedMs }
}

await t.test('one after the other: marked, fired, noted', async (t) => {
  const { prober, log } = proberOf({ latePolls: 2 })
  t.match(await prober.probe(2), {
    mark: 1,
    sent: [{ id: '0' }, { id: '1' }],
    received: ['0', '1'],
    taken: 2,
    after: { counts: [1, 0] },
  })
  t.same(log, ['mark 3 first 0', 'fire 0', 'poll', 'poll', 'poll', 'fire 1', 'poll'])
  t.match(await prober.probe(1), { sent: [{ id: '2' }], received: ['2'] }, 'a batch has only its own')
})

await t.test('identities are taken in turn, and none comes twice within 62', async (t) => {
  const { prober } = proberOf({})
  const { sent, received } = await prober.probe(63)
  t.equal(new Set(sent.map(({ id }) => id)).size, 62)
  t.equal(sent[62]?.id, '0')
  t.same(
    received,
    sent.map(({ id }) => id),
  )
})

await t.test('after one that never arrives no more is sent, and what QEMU left is told', async (t) => {
  const lost = proberOf({ arrive: (id) => (id === '1' ? '' : id) })
  t.match(await lost.prober.probe(3), { sent: [{ id: '0' }, { id: '1' }], received: ['0'], taken: 2 })
  t.ok(lost.log.filter((line) => line === 'poll').length > 3, 'until the deadline')
  const stuck = proberOf({ arrive: () => '', untaken: 1 })
  t.match(await stuck.prober.probe(3), { sent: [{ id: '0' }], received: [], taken: 0 })
})

await t.test('what was lost once is awaited less, until one arrives again', async (t) => {
  let isDeaf = true
  const { prober, limitsMs } = proberOf({ arrive: (id) => (isDeaf ? '' : id) })
  await prober.probe(1)
  await prober.probe(1)
  isDeaf = false
  await prober.probe(1)
  await prober.probe(1)
  t.same(limitsMs, [50, 10, 10, 50])
})

await t.test('what came twice or wrong is given as it came', async (t) => {
  const { prober } = proberOf({ arrive: (id) => (id === '0' ? '00' : 'x') })
  t.match(await prober.probe(1), { sent: [{ id: '0' }], received: ['0', '0'] })
  t.match(await prober.probe(1), { sent: [{ id: '1' }], received: ['x'] })
})

await t.test('a torn reading is taken again', async (t) => {
  const { prober, log } = proberOf({ tornReadings: 2 })
  t.match(await prober.probe(1), { after: { counts: [1, 0] } })
  t.equal(log.filter((line) => line === 'poll').length, 3)
})
