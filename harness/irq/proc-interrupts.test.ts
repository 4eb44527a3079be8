/** Are both layouts of /proc/interrupts read right, and is a cut or mangled one refused? */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import t from 'tap'
import { MalformedText } from './malformed-text.ts'
import { parseInterrupts, type InterruptTable } from './proc-interrupts.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/handmade/${name}-interrupts.txt`, import.meta.url), 'utf8')
const texts = {
  '5.10': fixture('5.10'),
  '6.12': fixture('6.12'),
  '7.3': fixture('7.3'),
}

/** A table as plain data, so that two can be compared. */
const plain = (table: InterruptTable): unknown =>
  [...table.rows].map(([number, row]) => [number, row.irq, [...row.counts], row.hwirq, row.flow])

/** What the parser makes of a text, or undefined when it refused and named a line of that text. */
function readingOf(text: string): InterruptTable | undefined {
  try {
    return parseInterrupts(text)
  } catch (error) {
    if (error instanceof MalformedText && (text.split('\n')[error.line - 1] ?? '') === error.text)
      return undefined
    throw error
  }
}

for (const [release, text] of Object.entries(texts)) {
  await t.test(`reads the layout of ${release}`, async (t) => {
    const table = parseInterrupts(text)
    t.same(table.cpus, [0, 1, 2, 3])
    const msix = release === '5.10' ? 'PCI-MSI' : 'PCI-MSIX-0000:00:03.0'
    const rx1 = table.rows.get(27)
    t.same(rx1?.irq, { number: 27, action: 'virtio0-input.1', chip: msix })
    t.same(rx1 && [...rx1.counts], [
      [0, 0],
      [1, 1],
      [2, 4294967295],
      [3, 0],
    ])
    t.equal(rx1?.hwirq, release === '5.10' ? 49155 : 3)
    t.equal(rx1?.flow, 'edge')
    t.same(table.rows.get(9)?.irq, { number: 9, action: 'acpi', chip: 'IO-APIC' })
    t.equal(table.rows.get(9)?.flow, 'fasteoi')
    t.equal(table.rows.has(2), false, 'an absent row is absent, not zero')
    t.same(
      [...(table.others.get('LOC')?.counts ?? [])],
      [
        [0, 5120],
        [1, 4211],
        [2, 3987],
        [3, 4099],
      ],
    )
    t.equal(table.others.get('LOC')?.total, 17417)
    t.equal(table.others.get('LOC')?.text, 'Local timer interrupts')
  })
}

await t.test('indexes by the header, not by column, when a CPU is offline', async (t) => {
  const table = parseInterrupts(fixture('6.1-cpu1-offline'))
  t.same(table.cpus, [0, 2, 3])
  t.same(
    [...(table.rows.get(31)?.counts ?? [])],
    [
      [0, 1],
      [2, 0],
      [3, 12],
    ],
  )
})

await t.test('up to 7.1 ERR and MIS have one number for all CPUs', async (t) => {
  const { others } = parseInterrupts(texts['5.10'])
  t.same(others.get('ERR'), { name: 'ERR', counts: undefined, total: 0, text: '' })
  t.same(others.get('MIS'), { name: 'MIS', counts: undefined, total: 0, text: '' })
})

await t.test('since 7.2 ERR has one for each, and is absent while zero', async (t) => {
  const { others } = parseInterrupts(texts['7.3'])
  t.same(
    [...(others.get('ERR')?.counts ?? [])],
    [
      [0, 0],
      [1, 0],
      [2, 2],
      [3, 0],
    ],
  )
  t.equal(others.has('MIS'), false)
  t.equal(others.has('NMI'), false)
})

await t.test('reads an irq without action, and actions that share one or hold blanks', async (t) => {
  t.same(parseInterrupts(texts['5.10']).rows.get(16)?.irq, { number: 16, action: '', chip: 'IO-APIC' })
  t.equal(parseInterrupts(texts['6.12']).rows.get(20)?.irq.action, 'PCIe PME, aerdrv, pciehp')
})

await t.test('shows remapping by the name of the irqchip', async (t) => {
  const { rows } = parseInterrupts(fixture('6.12-remapped'))
  t.equal(rows.get(24)?.irq.chip, 'DMAR-MSI')
  t.equal(rows.get(26)?.irq.chip, 'IR-PCI-MSIX-0000:00:03.0')
})

/** Irqchip, hardware number, flow and action that the free text of a row gives. */
const row = (text: string): unknown => {
  const found = parseInterrupts(`     CPU0\n  2:   5 ${text}\nLOC: 1  Local\n`).rows.get(2)
  return found && [found.irq.chip, found.hwirq, found.flow, found.irq.action]
}

await t.test('reads chips without a hardware number, and other architectures', async (t) => {
  t.same(row('   XT-PIC      cascade'), ['XT-PIC', undefined, undefined, 'cascade'])
  t.same(row('     None    '), ['None', undefined, undefined, ''])
  t.same(row('    dummy   44  rtc'), ['dummy', 44, undefined, 'rtc'])
  t.same(row('  GICv3  27 Level     arch_timer'), ['GICv3', 27, undefined, 'arch_timer'])
  t.same(row('  XT-PIC     -XT-PIC    cascade'), ['XT-PIC', undefined, 'XT-PIC', 'cascade'])
})

await t.test('names the line of what it cannot read', async (t) => {
  const head = '           CPU0       CPU1\n'
  const loc = 'LOC:          1          2   Local timer interrupts\n'
  const irq = ' 24:          0          1   PCI-MSI 49152-edge      virtio0-config\n'
  t.equal(parseInterrupts(head + irq + loc).rows.size, 1)
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['', 1, /empty/],
    [irq + loc, 1, /not the header/],
    [loc, 1, /not the header/],
    [`\n${irq}${loc}`, 1, /not the header/],
    [`           CPU0       CPUx\n${irq}${loc}`, 1, /not the header/],
    [`           CPU1       CPU0\n${irq}${loc}`, 1, /out of order/],
    [`           CPU0       CPU0\n${irq}${loc}`, 1, /out of order/],
    [`           CPU0       CPU1       CPU2\n${irq}${loc}`, 2, /no count for CPU 2/],
    [`           CPU0\n${irq}${loc}`, 2, /more counts than the 1 CPUs/],
    [head + irq + irq + loc, 3, /irq 24 after irq 24/],
    [head + irq + irq.replace('24', '23') + loc, 3, /irq 23 after irq 24/],
    [head + irq + loc + irq.replace('24', '25'), 4, /after the rows that are no irqs/],
    [head + irq + loc + loc, 4, /second row LOC/],
    [head + irq, 2, /cut before the last rows/],
    [head, 1, /cut before the last rows/],
    [(head + irq + loc).trimEnd(), 3, /cut before the end of the line/],
    [`${head}\n${loc}`, 2, /row without a name/],
    [`${head} 24 0 1 PCI-MSI 1-edge x\n${loc}`, 2, /row without a name/],
    [`${head} 24: 0 1\n${loc}`, 2, /no irqchip/],
    [`${head} 24: 0 4294967296 PCI-MSI 1-edge x\n${loc}`, 2, /no count for CPU 1/],
    [`${head} 24: 0 -1 PCI-MSI 1-edge x\n${loc}`, 2, /no count for CPU 1/],
    [`${head} 24: 0 01 PCI-MSI 1-edge x\n${loc}`, 2, /no count for CPU 1/],
    [`${head} 024: 0 1 PCI-MSI 1-edge x\n${loc}`, 2, /irq 024/],
    [`${head}LOC: 1 Local timer interrupts\n`, 2, /no count for CPU 1/],
    [`${head}ERR: 4294967296\n`, 2, /not a 32-bit count/],
    [`${head}FOO: 1\n`, 2, /no count for CPU 1/],
  ]
  for (const [text, line, message] of cases) {
    t.throws(
      () => parseInterrupts(text),
      { name: 'MalformedText', source: '/proc/interrupts', line, message },
      text,
    )
  }
})

await t.test('any cut is an error, or every irq is there and right', async (t) => {
  for (const [release, text] of Object.entries(texts)) {
    const whole = JSON.stringify(plain(parseInterrupts(text)))
    let refused = 0
    for (let cut = 0; cut < text.length; cut++) {
      const reading = readingOf(text.slice(0, cut))
      if (reading === undefined) refused++
      else if (JSON.stringify(plain(reading)) !== whole)
        t.fail(`${release} cut at ${cut} reads as something else`)
    }
    t.ok(refused > text.length * 0.98, `${release}: only a cut between two of the last rows goes unseen`)
  }
})

await t.test('any head cut off is an error', async (t) => {
  const text = texts['6.12']
  const seen = Array.from({ length: text.length - 12 }, (_, cut) => readingOf(text.slice(cut + 12)))
  t.same(
    seen.filter((reading) => reading !== undefined),
    [],
  )
})

await t.test('a lost line is an error or leaves the other rows as they were', async (t) => {
  const lines = texts['6.12'].split('\n')
  const whole = parseInterrupts(texts['6.12'])
  for (let at = 0; at < lines.length - 1; at++) {
    const reading = readingOf(lines.toSpliced(at, 1).join('\n'))
    for (const [number, row] of reading?.rows ?? []) t.same(row, whole.rows.get(number))
  }
})

const anyCount = fc.nat(2 ** 32 - 1)
const anyTable = fc
  .record({
    cpus: fc
      .uniqueArray(fc.nat(300), { minLength: 1, maxLength: 12 })
      .map((cpus) => cpus.sort((a, b) => a - b)),
    numbers: fc.uniqueArray(fc.nat(4000), { maxLength: 12 }).map((numbers) => numbers.sort((a, b) => a - b)),
  })
  .chain(({ cpus, numbers }) => {
    const counts = fc.array(anyCount, { minLength: cpus.length, maxLength: cpus.length })
    return fc.record({
      cpus: fc.constant(cpus),
      rows: fc.tuple(...numbers.map((number) => fc.record({ number: fc.constant(number), counts }))),
      loc: counts,
    })
  })

const cells = (counts: readonly number[]): string =>
  counts.map((count) => `${String(count).padStart(10)} `).join('')

/** Prints a table as kernel/irq/proc.c:show_interrupts does. */
function print(table: typeof anyTable extends fc.Arbitrary<infer T> ? T : never): string {
  return [
    `${' '.repeat(12)}${table.cpus.map((cpu) => `CPU${String(cpu).padEnd(8)}`).join('')}`,
    ...table.rows.map(
      ({ number, counts }) =>
        `${String(number).padStart(4)}: ${cells(counts)}  PCI-MSI ${number + 500}-edge      virtio${number}-input.0`,
    ),
    ` LOC: ${cells(table.loc)}  Local timer interrupts`,
    '',
  ].join('\n')
}

await t.test('any table reads back', async (t) => {
  fc.assert(
    fc.property(anyTable, (table) => {
      const reading = parseInterrupts(print(table))
      const expected = table.rows.map(({ number, counts }) => [
        number,
        { number, action: `virtio${number}-input.0`, chip: 'PCI-MSI' },
        counts.map((count, at) => [table.cpus[at], count]),
        number + 500,
        'edge',
      ])
      t.strictSame(plain(reading), expected)
      t.strictSame(reading.cpus, table.cpus)
    }),
    { numRuns: 60 },
  )
})

await t.test('any table with one CPU too few or too many in its header is an error', async (t) => {
  fc.assert(
    fc.property(
      anyTable.filter(({ rows, cpus }) => rows.length > 0 && cpus.length > 1),
      fc.boolean(),
      (table, more) => {
        const cpus = more ? [...table.cpus, 301] : table.cpus.slice(1)
        const [, ...rows] = print(table).split('\n')
        const [head] = print({ ...table, cpus }).split('\n')
        return readingOf([head, ...rows].join('\n')) === undefined
      },
    ),
    { numRuns: 60 },
  )
  t.pass()
})
