/**
 * Writes that somebody else makes because of an act of ours: a driver its hints, irqbalance its choice. To the kernel they
 * are requests like any other, so each is taken down as one of ours would be: marks in the trace and readings around it.
 */
import type { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import { actMarker } from '../irq/act-markers.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Irq } from '../irq/irq.ts'
import type { MovePrediction } from '../irq/irqchip.ts'
import type { Reading } from '../irq/reading.ts'
import { parseTraceEntry, type TraceEntry } from '../irq/trace-event.ts'
import type { AffinityWritten } from './affinity.ts'
import type { GuestCommands } from './commands.ts'
import type { DescriptorStates } from './descriptor-states.ts'
import type { IrqReader } from './irq-reader.ts'
import { TRACEFS } from './tracefs.ts'

const LOOK_EVERY_MS = 300

/** A write that is expected of somebody else. */
export interface ExpectedWrite {
  readonly id: number
  readonly irq: Irq
  /** What will be written, where that can be predicted; else the trace tells, and writes are awaited until no more come. */
  readonly mask: CpuMask | undefined
  /** Whose write it is, by the name of the process (comm), where that is known: what others write meanwhile is not it. */
  readonly by?: string
  readonly expect: MovePrediction['kind']
}

/** What the writes are seen with. */
export interface Watch {
  readonly guest: GuestCommands
  readonly reader: Pick<IrqReader, 'read'>
  readonly states: Pick<DescriptorStates, 'learn'>
  readonly limits: Limits
}

/**
 * Runs the act, and gives what was written to each irq, in their order. A predicted write that did not come is one of no
 * process (pid 0), which the laws will say; one that was to be awaited and did not come is undefined. `then` ends what the
 * act began, before the marks that end the writes. Throws what the acts throw.
 */
export async function foreignWrites(
  { guest, reader, states, limits }: Watch,
  expected: readonly ExpectedWrite[],
  act: () => Promise<void>,
  then: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly (AffinityWritten | undefined)[]> {
  const irqs = expected.map(({ irq }) => irq)
  const marks = expected.map(({ id, irq, mask, expect }) =>
    actMarker('write', { id, irq: irq.number, mask: mask?.toList() ?? 'any', form: 'list', expect, pid: 0 }),
  )
  const before = await reader.read(irqs)
  await guest.run(marks.map(markCommand).join('\n'))
  await act()
  const isPredicted = expected.every(({ mask }) => mask !== undefined)
  const seen = isPredicted
    ? await writesSince(guest, expected)
    : await lastWrites(guest, expected, limits.deadline('scenario.settle', 'A write by somebody else'))
  await then()
  await guest.run(
    expected
      .map(({ id, irq }) => markCommand(`${actMarker('written', { id, irq: irq.number })} status=0`))
      .join('\n'),
  )
  await states.learn(irqs.map(({ number }) => number))
  const written = await reader.read(irqs)
  return expected.map((one, at) => writtenOf(one, seen.get(one.irq.number), before[at], written[at]))
}

function writtenOf(
  { irq, mask }: ExpectedWrite,
  entry: TraceEntry | undefined,
  before: Reading | undefined,
  written: Reading | undefined,
): AffinityWritten | undefined {
  if (before === undefined || written === undefined)
    throw new Trouble('guest.reading', `irq ${irq.number} was not read`)
  const requested = mask ?? maskOf(entry)
  if (requested === undefined) return undefined
  const write = { requested, form: 'list' as const, error: undefined, pid: entry?.pid ?? 0 }
  return { write, before, written }
}

/** As `writesSince`, once there was one and no more have come for a while, or it took too long. */
async function lastWrites(
  guest: GuestCommands,
  expected: readonly ExpectedWrite[],
  deadline: Deadline,
): Promise<ReadonlyMap<number, TraceEntry>> {
  for (let known = 0; ;) {
    const seen = await writesSince(guest, expected)
    if (deadline.passed || (seen.size > 0 && seen.size === known)) return seen
    known = seen.size
    await pause(LOOK_EVERY_MS)
  }
}

/** The expected write to each of the irqs since our marks, by the number of the irq. */
async function writesSince(
  guest: GuestCommands,
  expected: readonly ExpectedWrite[],
): Promise<ReadonlyMap<number, TraceEntry>> {
  const [first] = expected
  if (first === undefined) return new Map()
  const from = actMarker('write', { id: first.id, irq: first.irq.number })
  const text = await guest.run(
    `sed -n '/${from} /,$p' ${TRACEFS}/trace | grep -F ' set: ' || true`,
    'guest.evidence',
  )
  const entries = text.split('\n').flatMap((line) => parseTraceEntry(line) ?? [])
  return new Map(
    expected.flatMap(({ irq, mask, by }) => {
      const own = entries.filter(
        ({ name, comm, fields }) =>
          name === 'set' && fields['irq'] === String(irq.number) && (by ?? comm) === comm,
      )
      // One with another mask than was predicted is taken only where there is none with it: the laws will say so.
      const entry = own.find((one) => mask !== undefined && maskOf(one)?.equals(mask)) ?? own[0]
      return entry === undefined ? [] : [[irq.number, entry]]
    }),
  )
}

/** The kprobe fetches the first 64 CPUs of a mask. */
function maskOf(entry: TraceEntry | undefined): CpuMask | undefined {
  const text = entry?.fields['mask'] ?? ''
  if (!/^0x[0-9a-f]{1,16}$/.test(text)) return undefined
  const bits = BigInt(text)
  return CpuMask.of(
    ...Array.from({ length: 64 }, (_, cpu) => cpu).filter((cpu) => (bits >> BigInt(cpu)) & 1n),
  )
}

function markCommand(marker: string): string {
  return `echo '${marker}' >${TRACEFS}/trace_marker`
}
