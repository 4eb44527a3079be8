/** Writing an irq's affinity through procfs, with a reading on both sides and markers in the trace around it. */
import { Trouble } from '../base/errors.ts'
import { actMarker } from '../irq/act-markers.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import { type Given, givenCommand, parseGiven } from '../irq/given.ts'
import type { Irq } from '../irq/irq.ts'
import type { MovePrediction } from '../irq/irqchip.ts'
import type { WriteEvidence } from '../irq/move-evidence.ts'
import type { Reading } from '../irq/reading.ts'
import type { GuestCommands } from './commands.ts'
import type { DescriptorStates } from './descriptor-states.ts'
import type { IrqReader } from './irq-reader.ts'
import { TRACEFS } from './tracefs.ts'

/** One write to be made. */
export interface AffinityRequest {
  /** Number of the write in this run. */
  readonly id: number
  readonly irq: Irq
  readonly mask: CpuMask
  readonly form: 'list' | 'hex'
  /** What is predicted of this write: it goes into the marker before it, so that the trace shows it was said first. */
  readonly expect: MovePrediction['kind']
}

/** One write that was made, with a reading of the irq on either side of it. */
export interface AffinityWritten {
  readonly write: WriteEvidence
  readonly before: Reading
  readonly given?: Given
  readonly written: Reading
}

const TORN_MAX = 5
/** What the script says of one write. */
const OUTCOME = /^wrote pid=(\d+) status=(\d+) error=(.*)$/gm
/** dash 0.5.12, of any write of its echo that fails; EIO itself is "Input/output error" elsewhere (host/telling-shell chooses those). */
const TELLS_NO_ERRNO = /: I\/O error$/

/**
 * Writes one mask to smp_affinity_list or smp_affinity. A refusal by the kernel is evidence, not an exception.
 * Throws `Trouble` when the guest is lost.
 */
export async function writeAffinity(
  guest: GuestCommands,
  reader: IrqReader,
  states: DescriptorStates,
  request: AffinityRequest,
): Promise<AffinityWritten> {
  const { irq } = request
  const read = reader.command(irq.number)
  const output = await guest.run([read, givenCommand(irq.number), writeScript(request), read].join('\n'))
  const [outcome] = output.matchAll(OUTCOME)
  if (outcome === undefined) {
    throw new Trouble('guest.write', `The guest did not say how the write ended: ${output.trim()}`)
  }
  const [before] = reader.parse([irq], output.slice(0, outcome.index)) ?? []
  if (before === undefined)
    throw new Trouble(
      'guest.reading',
      `effective of irq ${irq.number} changed again and again before the write`,
    )
  await states.learn([irq.number])
  const given = parseGiven(output)
  return {
    before,
    ...(given === undefined ? {} : { given }),
    written: await readingAfter(reader, irq, output.slice(outcome.index)),
    write: outcomeOf(request, outcome),
  }
}

/**
 * Writes these masks to one irq, one right after the other: microseconds apart, with one reading before the first and one
 * after the last, which all of them share. Throws as `writeAffinity`.
 */
export async function writeInARow(
  guest: GuestCommands,
  reader: IrqReader,
  states: DescriptorStates,
  requests: readonly [AffinityRequest, ...AffinityRequest[]],
): Promise<readonly AffinityWritten[]> {
  const { irq } = requests[0]
  const read = reader.command(irq.number)
  const output = await guest.run([read, ...requests.map(writeScript), read].join('\n'))
  const outcomes = [...output.matchAll(OUTCOME)]
  const [first, last] = [outcomes[0], outcomes.at(-1)]
  if (outcomes.length !== requests.length || first === undefined || last === undefined)
    throw new Trouble('guest.write', `The guest did not say how the writes ended: ${output.trim()}`)
  const [before] = reader.parse([irq], output.slice(0, first.index)) ?? []
  if (before === undefined)
    throw new Trouble('guest.reading', `effective of irq ${irq.number} changed before the writes`)
  await states.learn([irq.number])
  const written = await readingAfter(reader, irq, output.slice(last.index))
  return requests.map((request, at) => ({ before, written, write: outcomeOf(request, outcomes[at] ?? []) }))
}

function outcomeOf(
  { mask, form }: AffinityRequest,
  [, pid = '', status = '', error = '']: readonly string[],
): WriteEvidence {
  if (status !== '0' && TELLS_NO_ERRNO.test(error))
    throw new Trouble(
      'guest.write',
      `The kernel refused ${form === 'list' ? mask.toList() : mask.toHex()}, and the shell there does not say with which errno (dash says "I/O error" of every one): install bash there, or ask another guest`,
    )
  return {
    requested: mask,
    form,
    error: status === '0' ? undefined : error.replace(/^.*write error: /, '') || `status ${status}`,
    pid: Number(pid),
  }
}

function writeScript({ id, irq, mask, form, expect }: AffinityRequest): string {
  const file = `/proc/irq/${irq.number}/${form === 'list' ? 'smp_affinity_list' : 'smp_affinity'}`
  const text = form === 'list' ? mask.toList() : mask.toHex()
  // The shell's own echo makes exactly one write(2) from the shell's own process: its pid is the writer's.
  return [
    `echo '${actMarker('write', { id, irq: irq.number, mask: mask.toList(), form, expect })} pid='$$ >${TRACEFS}/trace_marker`,
    `{ echo ${text} >${file}; } 2>/run/irqlab-error; s=$?`,
    `echo "${actMarker('written', { id, irq: irq.number })} status=$s" >${TRACEFS}/trace_marker`,
    'e=; [ $s = 0 ] || read -r e </run/irqlab-error',
    'echo "wrote pid=$$ status=$s error=$e"',
  ].join('\n')
}

/** The reading after a write, taken again where the state could not be read yet. Throws `Trouble`. */
export async function readingAfter(reader: IrqReader, irq: Irq, output: string): Promise<Reading> {
  let readings = reader.parse([irq], output)
  // The state word could not be read along with the first write: only that write told where it lies.
  if (readings?.[0]?.state === undefined) readings = undefined
  for (let attempt = 0; readings === undefined && attempt < TORN_MAX; attempt++)
    readings = await reader.read([irq])
  const [reading] = readings ?? []
  if (reading === undefined)
    throw new Trouble('guest.reading', `irq ${irq.number} cannot be read after the write`)
  return reading
}
