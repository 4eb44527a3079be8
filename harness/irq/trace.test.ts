/** Is a whole trace read right, with its stacks, and is a cut or lossy one noticed? */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import t from 'tap'
import { MalformedText } from './malformed-text.ts'
import type { TraceEvent } from './trace-event.ts'
import { parseTrace, type Trace } from './trace.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/handmade/${name}.txt`, import.meta.url), 'utf8')

const named = (trace: Trace, name: string): TraceEvent => {
  const found = trace.events.filter((event) => event.name === name)
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} events ${name}`)
  return found[0]
}

/** The head of a trace that was never overwritten, of so many entries. */
const head = (entries: number): string =>
  `# tracer: nop\n#\n# entries-in-buffer/entries-written: ${entries}/${entries}   #P:4\n#\n`

/** What the parser makes of a text, or undefined when it refused and named a line of that text. */
function readingOf(text: string): Trace | undefined {
  try {
    return parseTrace(text)
  } catch (error) {
    if (error instanceof MalformedText && (text.split('\n')[error.line - 1] ?? '') === error.text)
      return undefined
    throw error
  }
}

for (const release of ['5.10', '6.1', '6.12']) {
  await t.test(`reads a deferred move of ${release}`, async (t) => {
    const trace = parseTrace(fixture(`${release}-trace`))
    t.match(trace, { lostEvents: false, entriesInBuffer: 17, entriesWritten: 17, strayStacks: 0 })
    t.same(
      trace.events.map((event) => event.name),
      [
        'tracing_mark_write',
        'set',
        'setr',
        'tracing_mark_write',
        'tracing_mark_write',
        'move',
        'irq_matrix_alloc',
        'vector_update',
        'vector_config',
        'irq_handler_entry',
        'irq_handler_exit',
        'tracing_mark_write',
        'irq_handler_entry',
        'irq_handler_exit',
        'vector_free_moved',
      ],
    )
    t.same(
      trace.events.map((event) => event.index),
      trace.events.map((_, index) => index),
    )
    const config = named(trace, 'vector_config')
    t.match(config, { cpu: 1, pid: 0, hardirq: true, softirq: false, fields: { irq: '26', cpu: '2' } })
    t.equal(config.stack?.[0], 'apic_update_irq_cfg')
    t.equal(config.stack?.includes('irq_move_masked_irq'), true)
    t.equal(config.stack?.length, 17)
    t.equal(named(trace, 'set').hardirq, false)
    t.equal(named(trace, 'set').stack?.at(-1), 'entry_SYSCALL_64_after_hwframe')
    t.equal(trace.events.filter((event) => event.stack).length, 2)
    t.match(trace.events[12], { name: 'irq_handler_entry', cpu: 2, hardirq: true, softirq: true })
    t.equal(
      named(trace, 'vector_free_moved').hardirq,
      release !== '6.12',
      'the timer of 6.6 and later is a softirq',
    )
  })
}

await t.test(
  'reads an immediate move of 7.3, a stack with offsets, modules and addresses, an NMI in between',
  async (t) => {
    const trace = parseTrace(fixture('7.3-trace-remapped'))
    t.equal(trace.strayStacks, 0)
    const set = named(trace, 'set')
    t.same(set.stack, [
      'irq_set_affinity_locked',
      'write_irq_affinity.constprop.0',
      'virtnet_set_affinity',
      '0xffffffffc0401064',
    ])
    t.equal(named(trace, 'nmi_handler').stack, undefined)
    t.equal(named(trace, 'vector_config').stack?.includes('irq_set_affinity_locked'), true)
    t.equal(named(trace, 'vector_config').hardirq, false)
    t.match(named(trace, 'irq_handler_entry'), {
      comm: 'irq/24-foo bar',
      pid: 120,
      fields: { name: 'PCIe PME' },
    })
  },
)

await t.test('says when events were lost', async (t) => {
  const text = fixture('6.1-trace-lost')
  t.match(parseTrace(text), { lostEvents: true, entriesInBuffer: 5, entriesWritten: 2050 })
  const lines = text.split('\n')
  const without = (form: RegExp): string => lines.filter((line) => !form.test(line)).join('\n')
  const complete = (form: RegExp): string => without(form).replace('5/2050', '5/5')
  t.equal(parseTrace(without(/LOST|started/)).lostEvents, true, 'by the header alone')
  t.equal(parseTrace(complete(/started/)).lostEvents, true, 'by the LOST line alone')
  t.equal(parseTrace(complete(/LOST/)).lostEvents, true, 'by the late start alone')
  t.equal(parseTrace(complete(/LOST|started/)).lostEvents, false)
  t.equal(parseTrace(complete(/started/).replace('LOST 17 EVENTS', 'LOST EVENTS')).lostEvents, true)
})

await t.test('an empty trace is not an unread one', async (t) => {
  t.match(parseTrace(fixture('6.1-trace-empty')), {
    events: [],
    lostEvents: false,
    entriesInBuffer: 0,
    entriesWritten: 0,
  })
  t.throws(() => parseTrace(''), { name: 'MalformedText', line: 1 })
  t.throws(() => parseTrace('\n'), { name: 'MalformedText', line: 1 })
})

await t.test('reads a trace without irq-info', async (t) => {
  const trace = parseTrace(fixture('6.1-trace-no-irq-info'))
  t.equal(
    trace.events.every((event) => event.flags === '' && event.hardirq === undefined),
    true,
  )
  t.equal(named(trace, 'vector_config').stack?.[0], 'apic_update_irq_cfg')
})

await t.test('names the line of what it cannot read', async (t) => {
  const event = '  sh-812     [000] .....    33.750100: x: y\n'
  t.equal(parseTrace(head(1) + event).events.length, 1)
  const cases: readonly (readonly [string, number, RegExp])[] = [
    [event, 1, /not the head/],
    [`#\n${event}`, 1, /not the head/],
    [head(1).replace('nop', 'function') + event, 1, /not the head/],
    [`${head(1)}${event}rubbish\n`, 6, /not an entry/],
    [`${head(1)}${event}\n`, 6, /not an entry/],
    [`${head(1)}${event} => irq_move_masked_irq\n`, 6, /outside/],
    [`${head(2)}${event}${event.trimEnd()}`, 6, /cut before the end/],
    [`${head(1)}${event}[LINE TOO BIG]\n`, 6, /not an entry/],
    [`${head(2)}${event}`, 5, /1 of the 2 entries/],
    [head(2), 4, /0 of the 2 entries/],
    [`# tracer: nop\n#\n${event}`, 3, /no header that says/],
    ['# tracer: nop\n', 1, /no header that says/],
    [`${head(1)}#entries\n${event}`, 5, /not an entry/],
  ]
  for (const [text, line, message] of cases) {
    t.throws(() => parseTrace(text), { name: 'MalformedText', source: 'trace', line, message }, text)
  }
  t.throws(() => parseTrace(event, 'trace.txt of run 7'), { message: /^trace.txt of run 7, line 1: / })
})

/** Task, CPU, flags and payload of an entry. */
type Given = readonly [string, number, string, string]

/** A trace of these entries. */
const traceOf = (entries: readonly Given[]): string =>
  head(entries.length) +
  entries
    .map(
      ([who, cpu, flags, payload]) =>
        `${who.padStart(16)}     [00${cpu}] ${flags}    33.750100: ${payload}\n`,
    )
    .join('')

const stackOf = (...functions: readonly string[]): string => ['<stack trace>', ...functions].join('\n => ')

/** The events of such a trace with their stacks, and the number of stray stacks. */
const owners = (...entries: readonly Given[]): unknown => {
  const { events, strayStacks } = parseTrace(traceOf(entries))
  return [...events.map((event) => [event.name, event.stack?.join()]), strayStacks]
}

await t.test('gives a stack to the event it belongs to, and to no other', async (t) => {
  const a: Given = ['sh-812', 0, 'd....', 'a: x']
  const stackOfA: Given = ['sh-812', 0, 'd....', stackOf('f')]
  const inInterrupt: readonly [Given, Given] = [
    ['sh-812', 0, 'd.h..', 'b: x'],
    ['sh-812', 0, 'd.h..', stackOf('g')],
  ]
  t.same(owners(a, stackOfA), [['a', 'f'], 0])
  t.same(
    owners(a, ...inInterrupt, stackOfA),
    [['a', 'f'], ['b', 'g'], 0],
    'an interrupt in between has its own',
  )
  t.same(owners(a, inInterrupt[0], stackOfA), [['a', 'f'], ['b', undefined], 0], 'or has none')
  t.same(
    owners(a, ['<idle>-0', 1, 'd....', 'b: x'], stackOfA),
    [['a', 'f'], ['b', undefined], 0],
    'another CPU in between does not matter',
  )
  t.same(owners(stackOfA, a), [['a', undefined], 1], 'its event was overwritten')
  t.same(owners(a, ['sh-812', 1, 'd....', stackOf('f')]), [['a', undefined], 1], 'another CPU')
  t.same(owners(a, ['sh-813', 0, 'd....', stackOf('f')]), [['a', undefined], 1], 'another task')
  t.same(owners(a, ['sh-812', 0, 'd.h..', stackOf('f')]), [['a', undefined], 1], 'another context')
  t.same(
    owners(a, ['sh-813', 0, 'd....', 'b: x'], stackOfA),
    [['a', undefined], ['b', undefined], 1],
    'another task ran in between, so it cannot be of the first',
  )
  t.same(owners(a, stackOfA, ['sh-812', 0, 'd....', stackOf('g')]), [['a', 'f'], 1], 'never two')
  t.same(owners(a, ['sh-812', 0, 'd....', stackOf()]), [['a', ''], 0], 'a stack without functions is one')
  t.same(owners(stackOfA), [1])
})

for (const name of ['5.10-trace', '6.12-trace', '7.3-trace-remapped', '6.1-trace-no-irq-info']) {
  await t.test(`any cut of ${name} is an error: its last entry is an event, no stack`, async (t) => {
    const text = fixture(name)
    const wrong: number[] = []
    for (let cut = 0; cut < text.length; cut++)
      if (readingOf(text.slice(0, cut)) !== undefined) wrong.push(cut)
    t.same(wrong, [])
  })

  await t.test(
    `any lost line of ${name} is an error, or was only commentary or one function of a stack`,
    async (t) => {
      const lines = fixture(name).split('\n')
      for (const [at, line] of lines.entries()) {
        if (at === lines.length - 1 || line.startsWith(' => ') || line.startsWith('#')) continue
        if (readingOf(lines.toSpliced(at, 1).join('\n')) !== undefined) t.fail(`line ${at + 1} can be lost`)
      }
      t.pass()
    },
  )
}

/** Who, where and when of each event. */
const outline = (trace: Trace): string =>
  JSON.stringify(trace.events.map(({ timeUs, cpu, pid, flags }) => [timeUs, cpu, pid, flags]))

await t.test('rubbish within any line but a payload is an error that names a line', async (t) => {
  const text = fixture('6.1-trace')
  const whole = outline(parseTrace(text))
  const rubbish = fc.stringMatching(/^[#\n :=x]{1,8}$/)
  fc.assert(
    fc.property(fc.nat(text.length), rubbish, (at, rubbish) => {
      const reading = readingOf(text.slice(0, at) + rubbish + text.slice(at))
      return reading === undefined || outline(reading) === whole
    }),
    { numRuns: 400 },
  )
  t.pass()
})

await t.test('reads fifty thousand entries in seconds', async (t) => {
  const lines: string[] = []
  for (let at = 0; at < 25_000; at++) {
    const time = `${String(at).padStart(5)}.000100`
    lines.push(
      `          <idle>-0       [00${at % 4}] d.h..  ${time}: vector_config: irq=26 vector=35 cpu=2 apicdest=0x00000004`,
    )
    lines.push(
      `          <idle>-0       [00${at % 4}] d.h..  ${time}: <stack trace>`,
      ' => apic_update_irq_cfg',
    )
  }
  const start = performance.now()
  const trace = parseTrace(`${head(50_000)}${lines.join('\n')}\n`)
  t.equal(trace.events.length, 25_000)
  t.equal(trace.strayStacks, 0)
  t.ok(performance.now() - start < 5000)
})
