/** Is one line of a trace read right, whatever the task is called? */
import * as fc from 'fast-check'
import t from 'tap'
import { parseFields, parseTraceEntry } from './trace-event.ts'

/** One entry as kernel/trace/trace_output.c:trace_print_context prints it. */
function print(
  comm: string,
  pid: number,
  cpu: number,
  flags: string,
  seconds: number,
  micros: number,
  payload: string,
): string {
  const who = `${comm.padStart(16)}-${String(pid).padEnd(7)} [${String(cpu).padStart(3, '0')}] `
  return `${who}${flags} ${String(seconds).padStart(5)}.${String(micros).padStart(6, '0')}: ${payload}`
}

await t.test('reads an entry of 5.10, with four flag columns', async (t) => {
  const line =
    '          <idle>-0       [001] d.h.    62.501004: vector_config: irq=26 vector=35 cpu=2 apicdest=0x00000004'
  t.same(parseTraceEntry(line), {
    comm: '<idle>',
    pid: 0,
    cpu: 1,
    flags: 'd.h.',
    hardirq: true,
    softirq: false,
    timeUs: 62_501_004,
    name: 'vector_config',
    fields: { irq: '26', vector: '35', cpu: '2', apicdest: '0x00000004' },
    text: 'irq=26 vector=35 cpu=2 apicdest=0x00000004',
  })
})

await t.test('reads an entry of 6.x, with five', async (t) => {
  const line =
    '              sh-812     [000] .....    33.750100: tracing_mark_write: irqlab write irq=26 mask=2-3,8'
  t.match(parseTraceEntry(line), {
    comm: 'sh',
    pid: 812,
    flags: '.....',
    hardirq: false,
    softirq: false,
    name: 'tracing_mark_write',
    text: 'irqlab write irq=26 mask=2-3,8',
    fields: { irq: '26', mask: '2-3,8' },
  })
})

await t.test('reads an entry of a kernel with the patches of PREEMPT_RT, with seven', async (t) => {
  const read = (flags: string) =>
    parseTraceEntry(
      ` irq/34-virtio1--136     [003] ${flags}     9.310166: ack: (apic_ack_edge+0x0/0x70) irq=34`,
    )
  t.match(read('...s.12'), { comm: 'irq/34-virtio1-', pid: 136, hardirq: false, softirq: true })
  t.match(read('dn.h2..'), { flags: 'dn.h2..', hardirq: true, softirq: false })
  t.match(read('d.LH1..'), { hardirq: true, softirq: true })
  t.equal(read('dn.h2.'), undefined, 'six are no form of it')
})

await t.test('reads an entry without irq-info: the context is unknown, not "task"', async (t) => {
  const entry = parseTraceEntry(
    '          <idle>-0       [001]    62.501004: vector_config: irq=26 vector=35',
  )
  t.match(entry, { flags: '', pid: 0, cpu: 1, timeUs: 62_501_004 })
  t.equal(entry?.hardirq, undefined)
  t.equal(entry?.softirq, undefined)
})

await t.test('reads an entry with record-tgid', async (t) => {
  t.match(parseTraceEntry('  sh-812   (    812) [000] .....    33.75: x: y'), undefined)
  t.match(parseTraceEntry('  sh-812     (    800) [000] .....    33.750100: x: y'), {
    comm: 'sh',
    pid: 812,
    cpu: 0,
  })
  t.match(parseTraceEntry('  sh-812     (-------) [000] .....    33.750100: x: y'), {
    comm: 'sh',
    pid: 812,
    cpu: 0,
  })
})

/** Hard interrupt and softirq, as the third flag column tells them. */
const context = (column: string): unknown => {
  const entry = parseTraceEntry(`  sh-1       [000] d.${column}1.    33.750100: x: y`)
  return [entry?.hardirq, entry?.softirq]
}

await t.test('knows the contexts (Documentation/trace/ftrace.rst)', async (t) => {
  t.same(context('.'), [false, false])
  t.same(context('s'), [false, true])
  t.same(context('h'), [true, false])
  t.same(context('H'), [true, true], 'a hard interrupt on top of a softirq')
  t.same(context('z'), [false, false], 'an NMI is no interrupt of an irq')
  t.same(context('Z'), [false, false], 'an NMI on top of a hard interrupt is none either')
})

await t.test('reads kprobes and kretprobes', async (t) => {
  const set = parseTraceEntry(
    '  sh-812     [000] d....    33.750300: set: (irq_set_affinity_locked+0x0/0x1d0) irq=24 st=0x2001 mask=0x4 desc=0xffff9c5e01a2c600',
  )
  t.equal(set?.name, 'set')
  t.same(set?.fields, { irq: '24', st: '0x2001', mask: '0x4', desc: '0xffff9c5e01a2c600' })
  const setr = parseTraceEntry(
    '  sh-812     [000] d....    33.750390: setr: (irq_set_affinity+0x3d/0x60 <- irq_set_affinity_locked) ret=0',
  )
  t.equal(setr?.name, 'setr')
  t.same(setr?.fields, { ret: '0' })
  t.equal(setr?.text, '(irq_set_affinity+0x3d/0x60 <- irq_set_affinity_locked) ret=0')
})

await t.test('reads tasks with odd names', async (t) => {
  for (const comm of [
    'kworker/u8:1-ev',
    'irq/24-foo bar',
    'irq/24-foo-7',
    '<...>',
    'a-1 [000] d.h.',
    'x-1',
    '-',
    '[x]: 1.5',
    '(sd-pam)',
    ' lead',
    '',
  ]) {
    const line = print(comm, 120, 3, 'd.h1.', 10, 301, 'irq_handler_entry: irq=24 name=PCIe PME')
    const entry = parseTraceEntry(line)
    t.match(entry, { pid: 120, cpu: 3, flags: 'd.h1.', timeUs: 10_000_301 }, line)
    t.equal(entry?.comm, comm.trimStart(), 'leading blanks are lost in the padding')
  }
})

await t.test('a payload that looks like an entry stays payload', async (t) => {
  const entry = parseTraceEntry(
    '  sh-812     [000] .....    33.750100: tracing_mark_write: x-5 [001] d.h..   1.000000: y: z',
  )
  t.match(entry, { comm: 'sh', pid: 812, cpu: 0, text: 'x-5 [001] d.h..   1.000000: y: z' })
})

await t.test('reads key=value pairs', async (t) => {
  const cases: readonly (readonly [string, Record<string, string>])[] = [
    ['', {}],
    ['no pairs here', {}],
    ['irq=24 name=virtio0-input.0', { irq: '24', name: 'virtio0-input.0' }],
    ['irq=24 name=PCIe PME', { irq: '24', name: 'PCIe PME' }],
    [
      'avl=198 global_avl=790, global_rsvd=4, total_alloc=14',
      { avl: '198', global_avl: '790', global_rsvd: '4', total_alloc: '14' },
    ],
    ['name="foo bar" ret=-16', { name: 'foo bar', ret: '-16' }],
    ['name="a=1 b=2" x=3', { name: 'a=1 b=2', x: '3' }],
    ['a= b=1', { a: '', b: '1' }],
    ['a=1 a=2', { a: '1' }],
    ['x==1', { x: '=1' }],
    ['irq=24 ret=handled ', { irq: '24', ret: 'handled' }],
    ['mask=0-3,8', { mask: '0-3,8' }],
    ['(a=1) b=2', { a: '1)', b: '2' }],
    ['a.b=1', {}],
  ]
  for (const [text, fields] of cases) t.strictSame(parseFields(text), fields, text)
  t.equal(parseFields('__proto__=1')['__proto__'], '1')
})

await t.test('says undefined to what is no entry', async (t) => {
  const good = '  sh-812     [000] .....    33.750100: x: y'
  t.ok(parseTraceEntry(good))
  const bad = [
    '',
    ' ',
    ' => irq_move_masked_irq',
    '# comment',
    'CPU:1 [LOST 5 EVENTS]',
    good.replace('-812', ''),
    good.replace('[000]', '000'),
    good.replace('.750100', '.75'),
    good.replace('33.750100', '33750100'),
    good.replace(': x:', ' x:'),
    good.replace('x: y', 'x y'),
    good.replace('x: y', ''),
    good.replace('.....', '......'),
    good.replace('.....', '...'),
    good.replace('.....', '..x..'),
    good.replace('.....', 'q....'),
    good.replace('x: y', '<stack'),
    good.replace('x: y', '<user stack trace>'),
  ]
  for (const line of bad) t.equal(parseTraceEntry(line), undefined, line)
})

await t.test('any entry reads back', async (t) => {
  const entry = fc.record({
    comm: fc.string({ minLength: 1, maxLength: 15 }).filter((comm) => !comm.startsWith(' ')),
    pid: fc.nat(4_194_304),
    cpu: fc.nat(8191),
    flags: fc.constantFrom(
      '',
      'd.h.',
      '....',
      'dNs1',
      'd.h..',
      'D.H21',
      'bns.1',
      'd.Z3.',
      'dLh..',
      'dn.h2..',
    ),
    seconds: fc.nat(10_000_000),
    micros: fc.nat(999_999),
    payload: fc.string({ maxLength: 60 }).map((text) => `event_1: ${text}`),
  })
  fc.assert(
    fc.property(entry, ({ comm, pid, cpu, flags, seconds, micros, payload }) => {
      const read = parseTraceEntry(print(comm, pid, cpu, flags, seconds, micros, payload))
      return (
        read?.comm === comm &&
        read.pid === pid &&
        read.cpu === cpu &&
        read.flags === flags &&
        read.timeUs === seconds * 1e6 + micros &&
        `${read.name}: ${read.text}` === payload
      )
    }),
    { numRuns: 500 },
  )
  t.pass()
})
