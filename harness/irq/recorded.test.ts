/** Do the parsers read what real guests print, and do trace, /proc/interrupts and readings of one run agree? */
import t from 'tap'
import { CpuMask } from './cpu-mask.ts'
import { predictMove, isRemapped } from './irqchip.ts'
import { parseQueueName } from './irq.ts'
import { isAtLeast } from './kernel-release.ts'
import type { MoveEvidence } from './move-evidence.ts'
import { parsePerCpuCount } from './per-cpu-count.ts'
import { parseInterrupts } from './proc-interrupts.ts'
import type { Reading } from './reading.ts'
import { RECORDED } from './recorded-fixture.ts'
import { parseTrace } from './trace.ts'

const RELEASES: Readonly<Record<string, string>> = {
  '5.10': '5.10.0-46-cloud-amd64',
  '6.1': '6.1.0-56-cloud-amd64',
  '6.12': '6.12.117+deb13-cloud-amd64',
  '7.3': '7.3.4+deb13-cloud-amd64',
}

/** What the runs of other devices than the NIC had under test: the name, the action and the chip of its irq. */
const DEVICES: Readonly<Record<string, readonly [string, RegExp, string]>> = {
  '6.1-plain-exact-gate': ['virtio-serial', /^virtio2-input$/, 'PCI-MSI'],
  '6.1-plain-edge-line': ['ttyS1', /^ttyS1$/, 'IO-APIC'],
  '7.3-remapped-edge-line': ['ttyS1', /^ttyS1$/, 'IR-IO-APIC'],
  '6.12-plain-non-maskable-msi': ['ahci', /^ahci\[0000:00:1f\.2\]$/, 'PCI-MSI-0000:00:1f.2'],
}

const readingsOf = ({ before, written, hold, batches }: MoveEvidence): readonly Reading[] => [
  before,
  written,
  ...(hold === undefined ? [] : [hold.began, hold.ended]),
  ...batches.map(({ after }) => after),
]

await t.test('what was to be recorded is there', async (t) => {
  const moves = Object.keys(RELEASES).flatMap((series) => [
    `${series}-plain-deferred-move`,
    `${series}-remapped-immediate-move`,
  ])
  const others = ['cancelled-request', 'first-write-after-probe', 'overwritten-request']
  t.same(
    RECORDED.map(({ name }) => name),
    [
      ...moves,
      ...others.map((scenario) => `6.1-plain-${scenario}`),
      // The old vector is freed by an IPI, and by a timer.
      '6.1-plain-request-during-cleanup',
      '6.12-plain-request-during-cleanup',
      ...Object.keys(DEVICES),
    ].sort(),
  )
})

for (const { name, text, run, claims } of RECORDED) {
  const [series = '', machine = ''] = name.split('-')
  const remapped = machine === 'remapped'

  await t.test(`${name}: the release and what was predicted for it`, async (t) => {
    t.equal(run.release.text, RELEASES[series])
    t.same(run.onlineCpus, CpuMask.fromList('0-3'))
    t.same([...run.traceableFunctions], ['irq_move_masked_irq', 'apic_update_irq_cfg'])
    t.ok(claims.length >= 2)
    for (const { irq, prediction } of run.moves) {
      t.same(prediction, predictMove(irq.chip, run.release))
      t.match(prediction, {
        kind: remapped ? 'immediate' : 'deferred',
        cleanup: isAtLeast(run.release, '6.6') ? 'timer' : 'ipi',
      })
    }
  })

  await t.test(`${name}: the trace`, async (t) => {
    const trace = parseTrace(text('trace.txt'))
    const named = (event: string) => trace.events.filter((candidate) => candidate.name === event)
    t.match(trace, { lostEvents: false, strayStacks: 0 })
    t.equal(trace.entriesInBuffer, trace.entriesWritten)
    const withStack = trace.events.filter(({ stack }) => stack !== undefined)
    t.equal(trace.entriesInBuffer, trace.events.length + withStack.length, 'every entry was read')
    t.same(
      withStack.map((event) => event.name),
      trace.events.map((event) => event.name).filter((event) => event === 'set' || event === 'vector_config'),
      'each write and each move has its stack',
    )
    t.ok(trace.events.every((event, at) => event.timeUs >= (trace.events[at - 1]?.timeUs ?? 0)))
    t.ok(trace.events.every(({ hardirq, softirq }) => hardirq !== undefined && softirq !== undefined))
    t.ok(named('irq_handler_entry').every(({ hardirq }) => hardirq === true))
    t.ok(
      named('set').every(
        ({ hardirq, softirq, pid }) => !hardirq && !softirq && pid === run.moves[0]?.write.pid,
      ),
    )
    // On 5.10 our own return probe hides the callers of what it stands on.
    const caller = isAtLeast(run.release, '6.0') ? 'proc_reg_write' : "[unknown/kretprobe'd]"
    t.ok(named('set').every(({ stack }) => stack?.includes(caller)))
    t.equal(named('set').length, run.moves.length)
    t.equal(named('setr').length, run.moves.length)
    t.ok(named('setr').every(({ fields }) => fields['ret'] === '0'))
    t.ok(named('vector_config').every(({ hardirq }) => hardirq === !remapped))
    t.equal(named('ack').length > 0, !remapped, 'remapped irqs are acknowledged elsewhere')
    // The 6.1 recording is of before that was traced: it must be judged as well as the others.
    t.equal(named('ack_remapped').length > 0, remapped && series !== '6.1')
    t.ok(
      named('vector_config').every(
        ({ stack }) => (stack?.includes('intel_ir_set_affinity') ?? false) === remapped,
      ),
    )
    t.ok(
      named('vector_free_moved').every(
        ({ hardirq }) => (hardirq ?? false) === !isAtLeast(run.release, '6.6'),
      ),
      'an IPI frees the old vector up to 6.5, a timer since',
    )
  })

  await t.test(`${name}: /proc/interrupts`, async (t) => {
    const [start, end] = [text('proc-interrupts-start.txt'), text('proc-interrupts-end.txt')].map(
      parseInterrupts,
    )
    t.same(start?.cpus, [0, 1, 2, 3])
    const device = DEVICES[name]
    if (device !== undefined) {
      const [queue, action, chip] = device
      const moves = run.moves.filter((move) => move.queue === queue)
      t.equal(moves.length, 2)
      t.match(moves[0]?.irq, { action, chip })
      const row = end?.rows.get(moves[0]?.irq.number ?? -1)
      t.match(row, { irq: { action }, flow: 'edge' })
      t.same([...(row?.counts.values() ?? [])], moves.flatMap((move) => readingsOf(move)).at(-1)?.counts)
      const ids = (batches: MoveEvidence['batches']) => batches.map(({ sent }) => sent.map(({ id }) => id))
      for (const { batches } of moves) {
        t.same(
          batches.map(({ received }) => received),
          ids(batches),
          'every byte was received, in its place',
        )
      }
      return
    }
    const rx = [...(end?.rows.values() ?? [])].filter(({ irq }) => /^virtio1-input\.\d$/.test(irq.action))
    t.equal(rx.length, 4)
    for (const { irq, counts, hwirq, flow } of rx) {
      const moves = run.moves.filter((move) => move.irq.number === irq.number)
      const [last] = moves.flatMap((move) => readingsOf(move)).slice(-1)
      t.same(moves[0]?.irq, irq, 'number, action and chip as in the evidence')
      t.same([...counts.values()], last?.counts, 'nothing fired after the last reading')
      t.equal(
        [...(start?.rows.get(irq.number)?.counts.values() ?? [0])].reduce((sum, count) => sum + count),
        0,
      )
      t.equal(flow, 'edge')
      t.equal(isRemapped(irq.chip), remapped)
      const queue = parseQueueName(irq.action)
      t.match(queue, { device: 'virtio1', role: 'rx' })
      t.match(irq.chip, isAtLeast(run.release, '6.2') ? /PCI-MSIX-0000:00:0\d\.0$/ : /PCI-MSI$/)
      if (isAtLeast(run.release, '6.2') && queue?.role === 'rx') t.equal(hwirq, 1 + 2 * queue.index)
    }
    t.equal(end?.others.has('ERR'), !isAtLeast(run.release, '7.2'), 'absent while zero since 7.2')
    t.ok((end?.others.get('LOC')?.total ?? 0) > (start?.others.get('LOC')?.total ?? Infinity))
  })

  await t.test(`${name}: the readings`, async (t) => {
    const printed = [
      ...text('readings.txt').matchAll(
        /^reading irq=(\d+) effective=(\S+) counts=(\S+) shown=(\S+) again=\2 state= ?(\S*)$/gm,
      ),
    ].map(([, irq, effective, counts, shown, state]) => ({
      irq: Number(irq),
      effective: CpuMask.fromListFile(`${effective}\n`, 'effective').toList(),
      counts: parsePerCpuCount(`${counts}\n`),
      readBack: shown,
      state: state === '' ? undefined : Number(`0x${state}`),
    }))
    t.equal(
      printed.length,
      (text('readings.txt').match(/^reading /gm) ?? []).length,
      'every line has the form',
    )
    const known = new Set(printed.map((reading) => JSON.stringify(reading)))
    for (const reading of run.moves.flatMap((move) => readingsOf(move))) {
      const facts = {
        irq: reading.irq.number,
        effective: reading.effective.toList(),
        counts: reading.counts,
        readBack: reading.readBack.toList(),
        state: reading.state?.word,
      }
      t.ok(known.has(JSON.stringify(facts)), `irq ${facts.irq} ${facts.counts.join()} was printed`)
      t.equal(
        reading.state === undefined || reading.state.pending === ((reading.state.word & 0x100) !== 0),
        true,
      )
    }
  })
}
