import t from 'tap'
import { actLine, actsHead, actsInCommand, parseActs } from './act-log.ts'
import { MalformedText } from './malformed-text.ts'

const probe = { act: 'probe' as const, targets: [{ queue: 'input.0', fires: 'datagram' as const }], count: 2 }

void t.test('what is written is read again, but for a last line that was cut', (t) => {
  const text = `${actsHead()}${actLine({ act: 'body' }, 0.4)}${actLine(probe, 12.6)}`
  t.strictSame(parseActs(text), [
    { atMs: 0, act: 'body' },
    { atMs: 13, ...probe },
  ])
  t.strictSame(parseActs(`${text}{"atMs":20,"act":"pro`), parseActs(text))
  t.end()
})

void t.test('what is not understood is an error that names the line', (t) => {
  for (const line of ['{"atMs":1,"act":"dance"}', 'x', '{"atMs":1,"act":"held","ids":[0]}', '{"act":"body"}'])
    t.throws(() => parseActs(`${actsHead()}${line}\n`), { name: 'MalformedText', line: 2 }, line)
  t.throws(() => parseActs('{"schema":"irqlab.acts/2"}\n'), MalformedText)
  t.throws(() => parseActs(''), MalformedText)
  t.throws(
    () =>
      parseActs(
        `${actsHead()}{"atMs":1,"act":"probe","targets":[{"queue":"a;b","fires":"byte"}],"count":1}\n`,
      ),
    MalformedText,
  )
  t.end()
})

void t.test('acts without a line of their own are known by their marks', (t) => {
  const trace = '/sys/kernel/tracing/trace_marker'
  t.strictSame(
    actsInCommand(
      `echo 'irqlab offline cpu=3' >${trace}\necho 0 >x\necho "irqlab offlined cpu=3 status=$s" >${trace}`,
    ),
    [{ act: 'mark', verb: 'offline', fields: { cpu: '3' } }],
  )
  t.strictSame(actsInCommand(`echo 'irqlab act what=channels combined=2' >${trace}`), [
    { act: 'mark', verb: 'act', fields: { what: 'channels', combined: '2' } },
  ])
  t.strictSame(
    actsInCommand(`echo 'irqlab write id=1 irq=28 mask=2 form=list expect=deferred pid='$$ >${trace}`),
    [],
  )
  t.end()
})
