/** One attempt as the page shows it: from its record, and from the evidence beside it as far as that can be read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatMs } from '../../base/deadline.ts'
import { messageOf } from '../../base/errors.ts'
import { wordingOf } from '../../irq/about/law.ts'
import { readEvidence } from '../../irq/evidence-json.ts'
import type { RunEvidence } from '../../irq/move-evidence.ts'
import type { RunRecord } from '../../record/run-record.ts'
import { guestName } from '../guest-name.ts'
import { againCommand, shellWord } from './again-command.ts'
import { countersOf } from './counters.ts'
import { decidedAtUs, moveData } from './move-data.ts'
import { type MoveWindow, moveWindow } from './move-window.ts'
import type { AttemptData, CounterData, MoveData, VerdictData } from './report-data.ts'
import { shownText } from './without-paths.ts'

/** Pictures of one run; those of moves with something to say come first. */
const MOVES_MAX = 40
/** Lines of a console, the last ones. */
const CONSOLE_MAX = 200

/** All of an attempt, or what its record alone tells. */
export type Extent = 'with pictures' | 'record alone'

/** `dir`: where the attempt's files are. Throws nothing: what cannot be read is said in `missing`. */
export function attemptData(record: RunRecord, dir: string, extent: Extent = 'with pictures'): AttemptData {
  const { windows, missing, counters } = evidenceIn(record, dir, extent)
  const console = record.console?.slice(-CONSOLE_MAX).map(shownText)
  return {
    attempt: record.attempts,
    outcome: record.outcome,
    reason: shownText(record.stage === undefined ? record.reason : `${record.stage}: ${record.reason}`),
    hint: shownText(record.hint ?? ''),
    facts: factsOf(record),
    machine: Object.entries(record.machine).flatMap(([name, value]) => fieldsOf(name, value)),
    console,
    consoleNote:
      console !== undefined && (record.console?.length ?? 0) > CONSOLE_MAX
        ? `the last ${CONSOLE_MAX} of ${record.console?.length} lines; serial.log has all of them`
        : '',
    notes: [
      ...(record.notes ?? []),
      ...(record.messages ?? []).map(
        ({ line, count, reason }) => `the kernel says, as declared (${reason}), ${count} times: ${line}`,
      ),
      ...record.leaks.map(({ what, why }) => `may have been left behind: ${what}: ${why}`),
    ].map(shownText),
    again: shownText(againCommand(record)),
    replay: `irqlab replay ${shellWord(record.run)}`,
    qemu: qemuLines(record.argv ?? []),
    verdicts: record.verdicts.map((verdict) => verdictData(verdict, windows)),
    laws: Object.fromEntries(
      [...new Set(record.verdicts.map(({ law }) => law))].map((law) => [law, wordingOf(law)]),
    ),
    moves: drawn(record, windows),
    missing,
    counters,
    files: `${record.run}/attempt-${record.attempts}`,
  }
}

function evidenceIn(
  record: RunRecord,
  dir: string,
  extent: Extent,
): {
  readonly windows: ReadonlyMap<number, MoveWindow>
  readonly missing: string
  readonly counters: CounterData | undefined
} {
  const read = (name: string) => readFileSync(join(dir, name), 'utf8')
  const nothing = { windows: new Map<number, MoveWindow>(), counters: undefined }
  if (!record.files.includes('evidence.json') || !record.files.includes('trace.txt'))
    return {
      ...nothing,
      missing: record.outcome === 'skip' ? '' : 'The run ended before it left evidence of any move.',
    }
  if (extent === 'record alone')
    return {
      ...nothing,
      missing: 'Its pictures are left out to keep this file small: a report of this run alone has them.',
    }
  let run: RunEvidence
  try {
    ;({ run } = readEvidence(read('evidence.json'), read('trace.txt')))
  } catch (error) {
    return { ...nothing, missing: `The evidence cannot be read: ${shownText(messageOf(error))}` }
  }
  const windows = new Map(
    run.moves.flatMap((move) => {
      const window = moveWindow(run, move)
      return window === undefined ? [] : [[move.id, window] as const]
    }),
  )
  const undrawn = Math.max(0, windows.size - MOVES_MAX)
  const unmarked = run.moves.length - windows.size
  const tested = new Set([...run.irqs, ...run.moves].map(({ irq }) => irq.number))
  let counters: CounterData | undefined
  try {
    const [start, end] = ['start', 'end'].map((when) => read(`interrupts/proc-interrupts-${when}.txt`))
    counters = countersOf(start ?? '', end ?? '', tested)
  } catch {
    // A run that broke has no second reading; what it has is in its files.
  }
  return {
    windows,
    counters,
    missing: [
      run.trace.lostEvents ? 'The trace lost events: what the pictures do not show may have happened.' : '',
      undrawn === 0 ? '' : `${undrawn} more writes are not drawn, to keep this file small.`,
      unmarked === 0 ? '' : `${unmarked} writes are not in the trace and cannot be drawn.`,
    ]
      .filter((text) => text !== '')
      .join(' '),
  }
}

/** Moves of which a law says more than `held`, then the judged, then the others; shown in their order. */
function drawn(record: RunRecord, windows: ReadonlyMap<number, MoveWindow>): readonly MoveData[] {
  const rank = (id: number): number => {
    const own = record.verdicts.filter(({ move }) => move === id)
    if (own.some(({ state }) => state !== 'held')) return 0
    return own.length > 0 ? 1 : 2
  }
  return [...windows]
    .toSorted(([a], [b]) => rank(a) - rank(b) || a - b)
    .slice(0, MOVES_MAX)
    .toSorted(([a], [b]) => a - b)
    .map(([, window]) => moveData(window))
}

function verdictData(
  verdict: RunRecord['verdicts'][number],
  windows: ReadonlyMap<number, MoveWindow>,
): VerdictData {
  const { law, queue, irq, move, state, sentence, numbers } = verdict
  const window = windows.get(move)
  const atUs = window === undefined ? undefined : decidedAtUs(window, verdict)
  const words = Object.entries(numbers).map(([name, value]) => `${name} ${value}`)
  return {
    law,
    queue,
    irq,
    move,
    state,
    sentence: shownText(sentence),
    numbers: shownText(words.join(', ')),
    ...(atUs === undefined ? {} : { atUs }),
  }
}

function factsOf(record: RunRecord): readonly (readonly [string, string])[] {
  const { kernel, timings, accel, guest, options, predictions } = record
  const ready = { cold: 'booted in', warm: 'restored from a snapshot in', unknown: 'ready after' }
  const fact = (name: string, text: string | undefined) =>
    text === undefined || text === '' ? [] : [[name, shownText(text)] as const]
  return [
    ...fact('Kernel', `${kernel.release} (${kernel.source})`),
    ...fact('Package', kernel.packageVersion),
    ...fact('Suites', kernel.suites?.join(', ')),
    ...fact(
      'Predicted',
      predictions
        ?.map(
          ({ chip, kind, cleanup }) =>
            `${chip}: ${kind}, the old vector is freed by ${cleanup === 'ipi' ? 'an IPI' : 'a timer'}`,
        )
        .join('; '),
    ),
    ...fact('Started', `${timings.startedAt.slice(0, 19).replace('T', ' ')} UTC`),
    ...fact('Took', timings.tookMs === undefined ? undefined : formatMs(timings.tookMs)),
    ...fact(
      'Guest',
      timings.spawnToReadyMs === undefined
        ? undefined
        : `${ready[guest.start ?? 'unknown']} ${formatMs(timings.spawnToReadyMs)}`,
    ),
    ...fact('Guest image', guestName(guest)),
    ...fact('Accelerator', `${accel.used}: ${accel.reason}`),
    ...fact('QEMU', accel.qemu),
    ...fact(
      'vCPUs waited',
      timings.vcpusWaitedShare === undefined
        ? undefined
        : `${Math.round(timings.vcpusWaitedShare * 100)} % of the time in which they wanted to run`,
    ),
    ...fact(
      'Limits',
      timings.limitsFactor === undefined ? undefined : `${timings.limitsFactor} times the usual`,
    ),
    ...fact('Seed', String(record.seed)),
    ...fact('Attempts', record.attempts > 1 ? String(record.attempts) : undefined),
    ...fact('Added to the command line', options.append),
    ...fact('Kernel image', kernel.sha256 === undefined ? undefined : `sha256 ${kernel.sha256}`),
    ...fact('Machine that is not ours', record.host && hostWords(record.host)),
  ]
}

function hostWords({ destination, product, cpuModel, cpus, nic }: NonNullable<RunRecord['host']>): string {
  return [destination, product, cpuModel, `${cpus} CPUs`, `${nic.name} (${nic.driver})`]
    .filter((part) => part !== undefined)
    .join(', ')
}

/** What is nested is one level flat: `nic.queuePairs`. What is not set is left out. */
function fieldsOf(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === '' || value === undefined || (Array.isArray(value) && value.length === 0)) return []
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, inner]) => fieldsOf(`${name}.${key}`, inner))
  return [[name, Array.isArray(value) ? value.join(', ') : JSON.stringify(value).replaceAll('"', '')]]
}

/** An option and its value on one line, as the man page has them. */
function qemuLines(argv: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const word of argv) {
    const last = lines.at(-1)
    const shown = shownText(shellWord(word))
    if (last === undefined || word.startsWith('-') || !/^-\S+$/.test(last)) lines.push(shown)
    else lines.splice(-1, 1, `${last} ${shown}`)
  }
  return lines
}
