/** Does the fast reader of /proc/interrupts say what the careful one says, and refuse what that one refuses? */
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { CpuMask } from './cpu-mask.ts'
import { cpuCounts, eachCpu, parseInterruptCounts } from './interrupt-counts.ts'
import { parseInterrupts } from './proc-interrupts.ts'

const fixtures = globSync('fixtures/**/*interrupts*.txt', { cwd: import.meta.dirname }).map((path) =>
  resolve(import.meta.dirname, path),
)
const parse = (text: string, online?: CpuMask) =>
  parseInterruptCounts(Buffer.from(text), 'interrupts', online)

await t.test('the same as the careful reader, on every kernel that was recorded', async (t) => {
  t.ok(fixtures.length > 10)
  for (const path of fixtures) {
    const careful = parseInterrupts(readFileSync(path, 'utf8'))
    const fast = parseInterruptCounts(readFileSync(path), path)
    t.same(fast.cpus, careful.cpus)
    t.same([...fast.rows.keys()], [...careful.rows.keys()])
    for (const [number, { irq, counts, hwirq, flow }] of careful.rows) {
      const row = fast.rows.get(number)
      t.match(row, { action: irq.action, chip: irq.chip, hwirq, flow })
      t.same(new Map(row && eachCpu(row.counts)), new Map([...counts].filter(([, count]) => count > 0)))
    }
  }
})

await t.test('a header that the kernel has lost is replaced by the CPUs that are online', async (t) => {
  const text = '24: 0 7 PCI-MSI 1-edge eth0\nLOC: 1 1 Local timer interrupts\n'
  t.throws(() => parse(text), { name: 'MalformedText', message: /not the header/ })
  const { cpus, rows } = parse(text, CpuMask.of(2, 5))
  t.same(cpus, [2, 5])
  t.same([...eachCpu(rows.get(24)?.counts ?? cpuCounts([]))], [[5, 7]])
  t.throws(() => parse(text, CpuMask.of(1)), { message: /more counts than the 1 columns/ })
  t.throws(() => parse(text, CpuMask.of(1, 2, 3)), { message: /no count in column 3 of 3/ })
})

await t.test('cut and mangled texts are refused, with the line', async (t) => {
  const head = '  CPU0 CPU1\n'
  for (const [rest, says] of [
    ['24: 1 2 PCI-MSI 1-edge eth', /line 2: cut before the end of the line/],
    ['24: 1 x2 PCI-MSI 1-edge eth0\n', /line 2: no count in column 2/],
    ['24: 1 4294967296 PCI-MSI 1-edge eth0\n', /no count in column 2/],
    ['24: 1 2\n', /no irqchip after the counts/],
  ] as const)
    t.throws(() => parse(head + rest), { name: 'MalformedText', message: says }, rest)
  t.throws(() => parse(''), { message: /empty/ })
  t.equal(parse(`${head}24: 1 4294967295 PCI-MSI 1-edge eth0\n`).rows.get(24)?.counts.total, 4_294_967_296)
})

await t.test('counts without zeros', async (t) => {
  const counts = cpuCounts([
    [0, 0],
    [3, 5],
    [511, 7],
  ])
  t.same(
    [...eachCpu(counts)],
    [
      [3, 5],
      [511, 7],
    ],
  )
  t.equal(counts.total, 12)
})
