/** Writes and reads `evidence.json`: with the trace beside it, a run can be judged again from its files alone. */
import { messageOf, Trouble } from '../base/errors.ts'
import { EVIDENCE_SCHEMA, type EvidenceJson, evidenceSchema } from './evidence-schema.ts'
import { givenJson } from './given.ts'
import type { BookName } from './laws/books.ts'
import type { IrqEvidence } from './irq-evidence.ts'
import type { InputEvidence, MoveEvidence, ProbeBatch, RunEvidence } from './move-evidence.ts'
import type { Reading } from './reading.ts'
import { parseTrace } from './trace.ts'

const FILE = 'evidence.json'

/** What a scenario claimed of one move: `judge(run, move, book)` says whether it is so. */
export interface EvidenceClaim {
  readonly move: MoveEvidence
  readonly book: BookName
}

/** The text of `evidence.json`: JSON, one move a line. The trace is not in it. Claims name their move by its id. */
export function formatEvidence(
  run: RunEvidence,
  claims: readonly { readonly move: { readonly id: number }; readonly book: BookName }[],
): string {
  const { moves, irqs, ...rest }: EvidenceJson = {
    schema: EVIDENCE_SCHEMA,
    release: run.release.text,
    onlineCpus: run.onlineCpus.toList(),
    traceableFunctions: [...run.traceableFunctions],
    claims: claims.map(({ move, book }) => ({ move: move.id, book })),
    moves: run.moves.map(moveJson),
    irqs: run.irqs.map(irqEvidenceJson),
  }
  const fields = Object.entries(rest).map(([name, value]) => `  "${name}": ${JSON.stringify(value)},`)
  const lines = moves.map((move) => `    ${JSON.stringify(move)}`)
  const irqLines = (irqs ?? []).map((irq) => `    ${JSON.stringify(irq)}`)
  const lists = [
    `  "moves": [\n${lines.join(',\n')}\n  ]`,
    // Of a run that was not closed there are none.
    ...(irqLines.length === 0 ? [] : [`  "irqs": [\n${irqLines.join(',\n')}\n  ]`]),
  ].join(',\n')
  return ['{', ...fields, lists, '}', ''].join('\n')
}

/**
 * Reads the two files of a run. Throws `Trouble` that names the field for JSON of another form or version, for two
 * moves with one id and for a claim about a move that is not there; `MalformedText` for the trace.
 */
export function readEvidence(
  json: string,
  traceText: string,
): { readonly run: RunEvidence; readonly claims: readonly EvidenceClaim[] } {
  const result = evidenceSchema.safeParse(jsonValue(json))
  if (!result.success) {
    const [issue] = result.error.issues
    throw malformed(fieldName(issue?.path ?? []), issue?.message ?? 'not evidence')
  }
  const { release, onlineCpus, traceableFunctions, moves, irqs, claims } = result.data
  const known = new Map(moves.map((move) => [move.id, move]))
  for (const [at, move] of moves.entries()) {
    if (known.get(move.id) !== move) throw malformed(`moves[${at}].id`, `a second move has the id ${move.id}`)
    if (move.replacedBy !== undefined && !known.has(move.replacedBy))
      throw malformed(`moves[${at}].replacedBy`, `no move has the id ${move.replacedBy}`)
  }
  return {
    run: { release, onlineCpus, traceableFunctions, moves, irqs, trace: parseTrace(traceText) },
    claims: claims.map(({ move: id, book }, at) => {
      const move = known.get(id)
      if (move === undefined) throw malformed(`claims[${at}].move`, `no move has the id ${id}`)
      return { move, book }
    }),
  }
}

/** Field by field: what a value carries beyond its type is no evidence and stays out of the file. */
function moveJson(move: MoveEvidence): EvidenceJson['moves'][number] {
  const { id, queue, stimulus, write, hold, replacedBy } = move
  return {
    id,
    queue,
    stimulus: stimulusJson(stimulus),
    irq: irqJson(move.irq),
    prediction: predictionJson(move.prediction),
    write: {
      requested: write.requested.toList(),
      form: write.form,
      error: write.error ?? null,
      pid: write.pid,
      ...(write.input === undefined ? {} : { input: inputJson(write.input) }),
    },
    before: readingJson(move.before),
    ...(move.given === undefined ? {} : { given: givenJson(move.given) }),
    written: readingJson(move.written),
    hold:
      hold === undefined
        ? null
        : {
            seconds: hold.seconds,
            began: readingJson(hold.began),
            ended: readingJson(hold.ended),
            neighbours: hold.neighbours.map((neighbour) => ({
              queue: neighbour.queue,
              before: readingJson(neighbour.before),
              after: readingJson(neighbour.after),
            })),
          },
    batches: move.batches.map(batchJson),
    replacedBy: replacedBy ?? null,
  }
}

function inputJson({ file, text, errno, shown }: InputEvidence) {
  return { file, text, errno: errno ?? null, shown: { before: shown.before, after: shown.after } }
}

function irqEvidenceJson(evidence: IrqEvidence): NonNullable<EvidenceJson['irqs']>[number] {
  const { queue, stimulus, irq, prediction, readings, closing, hasHandler, hardware } = evidence
  return {
    queue,
    stimulus: stimulusJson(stimulus),
    irq: irqJson(irq),
    prediction: predictionJson(prediction),
    readings: readings.map(readingJson),
    closing: closing.map(batchJson),
    hasHandler,
    hardware: { began: hardware.began ?? null, ended: hardware.ended ?? null },
  }
}

function stimulusJson(stimulus: MoveEvidence['stimulus']): EvidenceJson['moves'][number]['stimulus'] {
  return { ...stimulus }
}

function predictionJson({
  kind,
  order,
  cleanup,
  why,
}: MoveEvidence['prediction']): EvidenceJson['moves'][number]['prediction'] {
  return { kind, ...(order === undefined ? {} : { order }), cleanup, why }
}

function batchJson({
  mark,
  sent,
  taken,
  received,
  after,
}: ProbeBatch): EvidenceJson['moves'][number]['batches'][number] {
  return {
    mark,
    sent: sent.map(({ id }) => ({ id })),
    taken,
    received: received === undefined ? null : [...received],
    after: readingJson(after),
  }
}

function readingJson(reading: Reading): EvidenceJson['moves'][number]['before'] {
  const { bootId, counts, state, monotonicNs, mark } = reading
  return {
    irq: irqJson(reading.irq),
    bootId,
    onlineCpus: reading.onlineCpus.toList(),
    counts: [...counts],
    readBack: reading.readBack.toList(),
    effective: reading.effective.toList(),
    state: state === undefined ? null : `0x${state.word.toString(16).padStart(8, '0')}`,
    ...(monotonicNs === undefined ? {} : { monotonicNs }),
    ...(mark === undefined ? {} : { mark }),
  }
}

function irqJson({ number, action, chip }: Reading['irq']): EvidenceJson['moves'][number]['irq'] {
  return { number, action, chip }
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformed('the whole file', `not JSON: ${messageOf(error)}`)
  }
}

/** `moves[3].write.requested`. */
function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return name === '' ? 'the whole file' : name.replace(/^\./, '')
}

function malformed(field: string, what: string): Trouble {
  return new Trouble('evidence.parse', `${FILE}: ${field}: ${what}`)
}
