/** `irqlab run deferred-move --json` twice at the same time, from an empty cache: one document, a whole record, and evidence. */
import { accessSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import t, { type Test } from 'tap'
import { z } from 'zod'
import { readEvidence } from '../irq/evidence-json.ts'
import { moveTrace } from '../irq/move-trace.ts'
import { recordSchema, type RunRecord } from '../record/run-record.ts'
import { type Called, irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())

const documentSchema = z.strictObject({
  schema: z.literal('irqlab.campaign/1'),
  outcome: z.string(),
  runs: z.array(recordSchema.strict()),
})

async function call(results: string): Promise<Called> {
  const args = ['run', 'deferred-move', '--json', '--results', join(place.dir, results)]
  return irqlab(place, args, { limitMs: 180_000 })
}

const called = await Promise.all([call('one'), call('two')])

/** The one record of a call, and the directory that it lies in. */
function onlyRecord(stdout: string, results: string): { readonly record: RunRecord; readonly dir: string } {
  const [record, ...more] = documentSchema.parse(JSON.parse(stdout)).runs
  if (record === undefined || more.length > 0) throw new Error(`not one run: ${stdout}`)
  return { record, dir: join(place.dir, results, record.run, `attempt-${record.attempts}`) }
}

await t.test('both pass, and their images were built once', async (t) => {
  for (const { status, stderr } of called) t.equal(status, 0, status === 0 ? 'it passes' : stderr)
  const kinds = new Set(readdirSync(place.cache).map((name) => name.split('-')[0]))
  t.same([...kinds], ['initrd', 'kernel', 'memory', 'micro', 'warm'])
  for (const fetched of ['micro guest: fetching', 'debian:6.1: fetching']) {
    t.equal(called.filter(({ stderr }) => stderr.includes(fetched)).length, 1, `${fetched} by one of the two`)
  }
  t.ok(
    called.some(({ stderr }) => stderr.includes('waiting for another irqlab')),
    'the other says what it waits for',
  )
})

await t.test('standard output is one JSON document, everything else is on standard error', async (t) => {
  for (const { stdout, stderr } of called) {
    t.equal(documentSchema.parse(JSON.parse(stdout)).outcome, 'pass')
    t.match(stderr, /^✓ pass {4}deferred-move {2}plain /m)
  }
})

await t.test('the record has what it promises, and the files that it names', async (t) => {
  const { record, dir } = onlyRecord(called[0].stdout, 'one')
  t.same(JSON.parse(readFileSync(join(dir, 'record.json'), 'utf8')), record, 'record.json is the same')
  checkArgv(t, record)
  for (const file of record.files) t.ok(existsSync(join(dir, file)), file)
  for (const file of 'record.json serial.log qemu.argv ssh.jsonl trace.txt environment.json evidence.json'.split(
    ' ',
  )) {
    t.ok(record.files.includes(file), `${file} is named`)
    t.ok(readFileSync(join(dir, file)).length > 0, `${file} is not empty`)
  }
  t.ok(record.files.some((file) => /^interrupts\/.*\.txt$/.test(file)))
  t.match(readFileSync(join(dir, 'qemu.argv'), 'utf8'), `${record.argv?.join('\n')}\n`)
  t.match(readFileSync(join(dir, 'serial.log'), 'utf8'), /^irqlab-stage: network/m)
  for (const line of readFileSync(join(dir, 'ssh.jsonl'), 'utf8').split('\n').slice(0, -1)) JSON.parse(line)

  t.match(record, {
    scenario: 'deferred-move',
    outcome: 'pass',
    machine: { name: 'plain', cpus: 4 },
    kernel: { source: 'debian:6.1', release: /^6\.1\./, packageVersion: /^6\.1\./, sha256: /^[0-9a-f]{64}$/ },
    attempts: 1,
    leaks: [],
  })
  const { spawnToReadyMs = Infinity, totalMs } = record.timings
  t.ok(spawnToReadyMs < totalMs && totalMs < called[0].tookMs, 'times that can be')
  const queues = new Set(record.verdicts.map(({ queue }) => queue))
  t.same([...queues].sort(), ['input.0', 'input.1', 'input.2', 'input.3'], 'every rx queue was judged')
  t.ok(record.verdicts.every(({ state }) => state === 'held'))
  t.equal(
    new Set(record.verdicts.map(({ law }) => law)).size,
    8 + 9,
    'by eight laws of the move and all general ones',
  )
})

function checkArgv(t: Test, { argv = [] }: RunRecord): void {
  t.match(argv[0], /^\/.*qemu-system-x86_64$/, 'argv[0] is the binary')
  t.ok(argv.includes('-nodefaults'))
  const kernel = argv[argv.indexOf('-kernel') + 1] ?? ''
  t.ok(isAbsolute(kernel), 'the kernel is an absolute path')
  t.doesNotThrow(() => accessSync(kernel), 'that is readable afterwards')
}

await t.test('the trace shows each deferred move in hard interrupt context on the old CPU', async (t) => {
  const { dir } = onlyRecord(called[1].stdout, 'two')
  const text = (file: string) => readFileSync(join(dir, file), 'utf8')
  const { run, claims } = readEvidence(text('evidence.json'), text('trace.txt'))
  t.equal(claims.length, 4, 'four queues, half of them to one CPU and half to two')
  for (const { move } of claims) {
    const [config, ...more] = moveTrace(run, move).configs
    t.equal(more.length, 0)
    t.match(config, { hardirq: true, cpu: move.before.effective.only() })
    t.ok(config?.stack?.includes('irq_move_masked_irq'), String(config?.stack))
  }
})
