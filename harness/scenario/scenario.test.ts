import t from 'tap'
import { isScenario, scenario, type ScenarioDefinition } from './scenario.ts'

const GOOD: ScenarioDefinition = {
  name: 'deferred-move',
  question: 'Does it wait?',
  machine: 'plain',
  needs: ['effective_affinity'],
  run: () => Promise.resolve(),
}

/** A definition as a file may have it that no compiler has seen. */
function defined(fields: object): unknown {
  return scenario(Object.assign({}, GOOD, fields))
}

await t.test('what is left out takes its default', async (t) => {
  const made = scenario(GOOD)
  t.match(made, {
    name: 'deferred-move',
    question: 'Does it wait?',
    settle: true,
    known: [],
    machine: { name: 'plain', cpus: 4 },
  })
  t.equal(made.run, GOOD.run)
  t.equal(scenario({ ...GOOD, settle: false }).settle, false)
})

await t.test('a machine can be named, or described on the spot', async (t) => {
  t.match(scenario({ ...GOOD, machine: 'remapped' }).machine, { name: 'remapped', remapping: 'intel' })
  t.match(scenario({ ...GOOD, machine: { cpus: 8 } }).machine, { name: 'of-deferred-move', cpus: 8 })
  t.match(scenario({ ...GOOD, machine: { name: 'big', cpus: 8 } }).machine, { name: 'big' })
})

await t.test('a bad definition is refused, and the message names scenario, field and value', async (t) => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ name: 'Deferred Move' }, /^scenario\.name is "Deferred Move": .*small letters/],
    [{ name: undefined }, /^scenario\.name is missing$/],
    [
      { question: 'It waits.' },
      /^scenario\.question is "It waits\.": .*question mark \(scenario deferred-move\)$/,
    ],
    [{ machine: 7 }, /^scenario\.machine is 7: /],
    [{ machine: 'plane' }, /^scenario deferred-move: unknown machine "plane": known are plain/],
    [{ machine: { cpus: 1 } }, /^scenario deferred-move: machine\.cpus is 1: /],
    [{ machine: { cpu: 4 } }, /^scenario deferred-move: machine: .*"cpu"/],
    [{ needs: undefined }, /^scenario\.needs is missing/],
    [{ needs: ['irqbalance'] }, /^scenario\.needs\.0 is "irqbalance": .*"effective_affinity"/],
    [{ settle: 'no' }, /^scenario\.settle is "no": /],
    [{ known: [{ law: 'gravity', reason: 'it always held' }] }, /^scenario\.known\.0\.law is "gravity": /],
    [{ known: [{ law: 'held', reason: 'why' }] }, /^scenario\.known\.0\.reason is "why": /],
    [{ known: [{ reason: 'it always held' }] }, /^scenario\.known\.0 is .*: declare a law or a message/],
    [
      { known: [{ law: 'held', message: /x/, reason: 'it always held' }] },
      /^scenario\.known\.0 is .*: declare a law or a message/,
    ],
    [
      { known: [{ message: 'x', reason: 'it always held' }] },
      /^scenario\.known\.0\.message is "x": a pattern such as /,
    ],
    [
      { known: [{ message: /x/g, reason: 'it always held' }] },
      /^scenario\.known\.0\.message is \/x\/g: .*flags/,
    ],
    [
      { known: [{ message: /x*/, reason: 'it always held' }] },
      /message is \/x\*\/: .*which message is meant/,
    ],
    [{ run: 'now' }, /^scenario\.run is "now": give a function/],
    [{ setle: false }, /^scenario: .*"setle".*\(scenario deferred-move\)$/],
  ]
  for (const [fields, message] of wrong) {
    t.throws(() => defined(fields), { name: 'UsageError', message }, message.source)
  }
})

await t.test('only what scenario() made is a scenario', async (t) => {
  t.equal(isScenario(scenario(GOOD)), true)
  for (const other of [undefined, null, 7, 'deferred-move', {}, () => undefined]) {
    t.equal(isScenario(other), false, typeof other)
  }
  t.equal(isScenario(GOOD), false, 'a definition that went round scenario() was never checked')
})
