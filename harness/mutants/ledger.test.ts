/** Is what was judged kept, and is it only believed of the same patch, kernel and harness? */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { askingHash, type Ledger, judgementKey, readLedger, writeLedger } from './ledger.ts'

const ledger: Omit<Ledger, 'schema'> = {
  kernel: { source: 'debian-source:6.12', release: '6.12.117-irqlab', sha256: 'ab' },
  mutants: [
    {
      name: 'unmask-lost',
      key: '0123',
      fate: 'caught',
      laws: [{ law: 'delivered', scenarios: ['deferred-move'], verdicts: 4, sentence: 'lost' }],
      runs: [{ scenario: 'deferred-move', machine: 'plain', outcome: 'fail', reason: 'lost' }],
      peers: { 'ltp-irqbalance01': 'let through' },
      seconds: 40,
      judgedAt: '2026-11-22T16:00:00.000Z',
    },
  ],
}

await t.test('what is written is read', async (t) => {
  const file = join(t.testdir({}), 'new', 'mutants.json')
  t.equal(readLedger(file), undefined, 'nothing is known at first')
  writeLedger(file, ledger)
  t.same(readLedger(file), { schema: 'irqlab.mutants/2', ...ledger })
})

await t.test('a file that is something else is named, with the remedy', async (t) => {
  const dir = t.testdir({ 'cut.json': '{"schema": ', 'other.json': '{"schema": "irqlab.mutants/9"}' })
  t.throws(() => readLedger(join(dir, 'cut.json')), { name: 'UsageError', message: /cut\.json: .*remove it/ })
  t.throws(() => readLedger(join(dir, 'other.json')), { name: 'UsageError', message: /schema.*remove it/ })
})

await t.test('another patch, kernel or harness is another key', async (t) => {
  const keys = [
    judgementKey('patch', 'kernel', 'asking'),
    judgementKey('Patch', 'kernel', 'asking'),
    judgementKey('patch', 'Kernel', 'asking'),
    judgementKey('patch', 'kernel', 'Asking'),
    judgementKey('patchk', 'ernel', 'asking'),
  ]
  t.equal(new Set(keys).size, keys.length)
  t.equal(judgementKey('patch', 'kernel', 'asking'), keys[0])
})

await t.test('what asks is laws and scenarios, not what reports or tests', async (t) => {
  const root = t.testdir({
    harness: {
      irq: { 'once.ts': '1', 'once.test.ts': '1' },
      report: { 'tap.ts': '1' },
      mutants: { 'a.ts': '1', peers: { 'b.ts': '1' } },
    },
    scenarios: { 'move.ts': '1' },
    images: { 'kernels.json': '{}', '.cache': { 'x.json': '1' } },
  })
  const before = askingHash(root)
  const changed = (path: string) => {
    const copy = join(root, '..', `copy-${path.replaceAll('/', '-')}`)
    mkdirSync(copy, { recursive: true })
    cpSync(root, copy, { recursive: true })
    writeFileSync(join(copy, path), '2')
    return askingHash(copy) !== before
  }
  t.equal(before, askingHash(root))
  for (const path of [
    'harness/irq/once.ts',
    'scenarios/move.ts',
    'harness/mutants/peers/b.ts',
    'images/kernels.json',
    'harness/irq/new.ts',
  ])
    t.equal(changed(path), true, path)
  for (const path of [
    'harness/irq/once.test.ts',
    'harness/report/tap.ts',
    'harness/mutants/a.ts',
    'images/.cache/x.json',
  ])
    t.equal(changed(path), false, path)
})
