/** Does a run's evidence survive its file, and is every malformed file refused with the field's name? */
import t from 'tap'
import { Trouble } from '../base/errors.ts'
import { formatEvidence, readEvidence } from './evidence-json.ts'
import { RECORDED } from './recorded-fixture.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const sample = RECORDED.find(({ name }) => name === '6.1-plain-overwritten-request')
if (sample === undefined) throw new Error('the sample was not recorded')
const json = sample.text('evidence.json')
const trace = sample.text('trace.txt')

/** Every place of a JSON value, as in `moves[3].write.requested`, with a copy of the whole in which it can be changed. */
function* places(root: Json, at = '', node = root): Generator<readonly [string, Json, string]> {
  if (node === null || typeof node !== 'object') return
  for (const [key, value] of Object.entries(node)) {
    const name = Array.isArray(node) ? `${at}[${key}]` : at === '' ? key : `${at}.${key}`
    yield [name, value, key]
    yield* places(root, name, value)
  }
}

/** The text with a change at one place. */
function changed(name: string, change: (parent: Record<string, Json> | Json[], key: string) => void): string {
  const root = parsed(json)
  const keys = name.split(/[.[\]]+/).filter((key) => key !== '')
  let node: Json = root
  for (const key of keys.slice(0, -1)) node = childOf(node, key)
  if (node === null || typeof node !== 'object') throw new Error(`${name} is no field`)
  change(node, keys.at(-1) ?? '')
  return JSON.stringify(root)
}

function parsed(text: string): Json {
  return JSON.parse(text) as Json
}

function childOf(node: Json, key: string): Json {
  const child =
    node !== null && typeof node === 'object' ? Object.entries(node).find(([k]) => k === key) : undefined
  if (child === undefined) throw new Error(`${key} is not there`)
  return child[1]
}

/** What the reader says of a text; undefined when it takes it. */
function complaint(text: string): string | undefined {
  try {
    readEvidence(text, trace)
    return undefined
  } catch (error) {
    if (error instanceof Trouble && error.stage === 'evidence.parse') return error.message
    throw error
  }
}

await t.test('what is read is written as it was, for every recorded run', async (t) => {
  for (const { name, text, run, claims } of RECORDED) {
    t.equal(formatEvidence(run, claims), text('evidence.json'), name)
    t.ok(claims.every(({ move }) => run.moves.includes(move)))
    t.match(text('evidence.json'), /^\{\n {2}"schema": "irqlab\.evidence\/2",\n/)
    t.equal(text('evidence.json').split('\n').length, run.moves.length + 10, 'one move a line')
  }
})

await t.test('facts that were not there stay absent, and so does what is no evidence', async (t) => {
  const { run, claims } = readEvidence(json, trace)
  const [first] = run.moves
  t.match(first, { write: { error: undefined, pid: 116 }, hold: undefined, replacedBy: undefined })
  t.equal(first?.before.state, undefined)
  t.same(first?.written.state, { word: 0x1d401300, pending: true, activated: true })
  t.equal(run.traceableFunctions.has('irq_move_masked_irq'), true)
  t.equal(run.release.minor, 1)

  const moves = run.moves.map((move) => ({
    ...move,
    before: { ...move.before, monotonicNs: 7, secret: 'x' },
  }))
  const text = formatEvidence({ ...run, moves }, claims)
  t.notMatch(text, /secret/)
  t.equal(readEvidence(text, trace).run.moves[0]?.before.monotonicNs, 7)
  const refused = run.moves.map((move) => ({ ...move, write: { ...move.write, error: 'Invalid argument' } }))
  t.equal(
    readEvidence(formatEvidence({ ...run, moves: refused }, claims), trace).run.moves[0]?.write.error,
    'Invalid argument',
  )
})

await t.test('a field that is missing, of another type or unknown is named', async (t) => {
  const all = [...places(parsed(json))]
  t.ok(all.length > 900, 'every field of the file')
  for (const [name, value, key] of all) {
    if (!/^\d+$/.test(key)) {
      const without = changed(name, (parent) => Reflect.deleteProperty(parent, key))
      t.ok(complaint(without)?.startsWith(`evidence.json: ${name}: `), `${name} missing`)
    }
    const wrong = typeof value === 'boolean' ? 'yes' : true
    const other = changed(name, (parent) => Reflect.set(parent, key, wrong))
    t.ok(complaint(other)?.startsWith(`evidence.json: ${name}: `), `${name} of another type`)
  }
  for (const name of ['surprise', 'moves[1].surprise', 'moves[4].before.surprise', 'claims[0].surprise']) {
    const more = changed(name, (parent, key) => Reflect.set(parent, key, 1))
    t.match(complaint(more), /^evidence\.json: .*surprise/, `${name} unknown`)
  }
})

await t.test('a value that cannot be is named', async (t) => {
  const cases: readonly (readonly [string, Json, RegExp])[] = [
    ['schema', 'irqlab.evidence/1', /irqlab\.evidence\/2/],
    ['release', 'six', /not of the form/],
    ['onlineCpus', '', /cpu list/],
    ['onlineCpus', '3-0', /cpu list/],
    ['moves[0].id', 1.5, /int/],
    ['moves[0].id', 2, /a second move has the id 2|second/],
    ['moves[1].irq.number', -1, />=0/],
    ['moves[1].prediction.kind', 'never', /deferred/],
    ['moves[1].prediction.cleanup', 'none', /ipi/],
    ['moves[1].write.requested', '', /cpu list/],
    ['moves[1].write.requested', 'all', /cpu list/],
    ['moves[1].write.form', 'text', /list/],
    ['moves[1].write.error', 0, /string/],
    ['moves[1].before.counts', [], />=1/],
    ['moves[1].before.counts[2]', 2 ** 32, /<=4294967295/],
    ['moves[1].before.counts[2]', -1, />=0/],
    ['moves[1].written.effective', '0-', /cpu list/],
    ['moves[1].written.state', '1d401300', /state word/],
    ['moves[1].written.state', '0x1D401300', /state word/],
    ['moves[1].before.monotonicNs', null, /number/],
    ['moves[5].hold.seconds', 0, />0/],
    ['moves[4].replacedBy', 99, /no move has the id 99/],
    ['claims[1].move', 99, /no move has the id 99/],
    ['claims[1].book', 'guessed', /deferred/],
  ]
  for (const [name, value, says] of cases) {
    const text = changed(name, (parent, key) => Reflect.set(parent, key, value))
    const said = complaint(text) ?? 'nothing'
    t.match(said, says, `${name} = ${JSON.stringify(value)}`)
    if (name !== 'moves[0].id') t.ok(said.startsWith(`evidence.json: ${name}: `), said)
  }
  const empty = changed('moves[1].written.readBack', (parent, key) => Reflect.set(parent, key, ''))
  t.equal(complaint(empty), undefined, 'a mask that was read may be empty')
})

await t.test('what is no JSON, or JSON of something else, is refused', async (t) => {
  for (const text of ['', '{', 'null', '[]', '"x"', json.slice(0, -3)]) {
    t.match(complaint(text), /^evidence\.json: (?:the whole file|schema): /, JSON.stringify(text.slice(0, 9)))
  }
  t.throws(() => readEvidence(json, trace.slice(0, -1)), { name: 'MalformedText', source: 'trace' })
})
