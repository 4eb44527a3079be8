import t from 'tap'
import { machineOf } from '../guest/machine.ts'
import { recordSchema } from '../record/run-record.ts'
import { scenario } from '../scenario/scenario.ts'
import { recordOf } from './compose-record.ts'
import type { WorkerGuestStart, WorkerResult } from './job.ts'

const run = {
  scenario: scenario({
    name: 'a',
    question: 'Why?',
    machine: 'plain',
    needs: [],
    run: async () => undefined,
  }),
  file: '/a.ts',
  machine: machineOf('remapped'),
  repeat: 1,
  seed: 7,
  kernel: {
    source: 'debian:6.1',
    release: '6.1.0-56-cloud-amd64',
    bzImage: '/cache/bzImage',
    modulesCpio: undefined,
    config: undefined,
    packageVersion: '6.1.192-2',
    sha256: 'ab'.repeat(32),
    initrd: '/cache/initrd',
  },
}
const request = {
  guest: {
    flavour: 'micro',
    text: 'micro',
    initramfs: '/cache/initramfs.cpio',
    login: { user: 'root', port: 22, key: { privateKey: 'SECRET' }, hostKey: 'AAAA' },
    balancers: 'stopped',
    packages: [],
    sha256: 'cd'.repeat(32),
  },
  accelerator: { name: 'tcg', reason: 'TCG was asked for' },
  qemu: {
    path: '/usr/bin/qemu',
    version: { major: 7, minor: 2, micro: 22, text: 'QEMU emulator version 7.2.22' },
    sha256: 'ef'.repeat(32),
  },
  append: 'quiet',
  qemuArgs: ['-d', 'int'],
  timeoutScale: 2.5,
  startedAtMs: 1_000_000,
} as const
const passed: WorkerResult = {
  type: 'result',
  conclusion: { outcome: 'pass', reason: '1 verdicts held' },
  verdicts: [
    {
      law: 'once',
      queue: 'input.0',
      irq: 28,
      move: 3,
      state: 'held',
      sentence: 'once',
      numbers: { configs: 1 },
    },
  ],
  release: '6.1.0-56-booted',
  spawnToReadyMs: 3300,
  vcpus: { ranMs: 3000, waitedMs: 1000, wallMs: 9000, threads: 4 },
  leaks: [],
  judgedAtMs: 1_014_900.4,
}
const compose = (
  result: WorkerResult,
  argv: readonly string[] | undefined = ['/usr/bin/qemu', '-nodefaults'],
  start: WorkerGuestStart | undefined = { type: 'start', how: 'warm', savedAt: '2026-11-22T12:00:00.000Z' },
  notes: readonly string[] = [],
) =>
  recordOf(request, run, {
    runName: 'c/a/6.1/remapped',
    attempt: 2,
    startedAt: new Date(0),
    tookMs: 1234.4,
    argv,
    start,
    notes,
    result,
    limitsFactor: 2.5,
    files: ['record.json', 'serial.log'],
  })

await t.test('a composed record is what its schema says, and comes back from its text', async (t) => {
  const record = compose(passed)
  t.same(recordSchema.parse(JSON.parse(JSON.stringify(record))), record)
  t.match(record, {
    run: 'c/a/6.1/remapped',
    scenario: 'a',
    outcome: 'pass',
    kernel: { release: '6.1.0-56-booted', source: 'debian:6.1', packageVersion: '6.1.192-2' },
    machine: { name: 'remapped', cpus: 4, remapping: 'intel', nic: { queuePairs: 4 } },
    accel: { used: 'tcg', reason: 'TCG was asked for', qemu: /7\.2/ },
    seed: 7,
    attempts: 2,
    options: { append: 'quiet', qemuArgs: ['-d', 'int'], timeoutScale: 2.5 },
    timings: {
      startedAt: '1970-01-01T00:00:00.000Z',
      spawnToReadyMs: 3300,
      totalMs: 14_900,
      tookMs: 1234,
      limitsFactor: 2.5,
      vcpusWaitedShare: 0.25,
    },
    argv: ['/usr/bin/qemu', '-nodefaults'],
  })
  t.match(record.guest, { start: 'warm', savedAt: '2026-11-22T12:00:00.000Z' })
  t.notOk('notes' in record)
  t.same(compose(passed, [], { type: 'start', how: 'cold' }, ['a word']).notes, ['a word'])
  t.notOk('savedAt' in compose(passed, [], { type: 'start', how: 'cold' }).guest)
  t.notMatch(JSON.stringify(record), 'SECRET', 'the private key stays in the cache')
})

await t.test('what is not known is absent, not empty', async (t) => {
  const lost: WorkerResult = {
    ...passed,
    conclusion: { outcome: 'broken', reason: 'gone', stage: 'host.worker', lasting: true },
    verdicts: [],
    release: undefined,
    spawnToReadyMs: undefined,
  }
  const { argv: _, ...facts } = compose(lost)
  const record = recordSchema.parse(facts)
  for (const name of ['hint', 'need', 'console']) t.notOk(name in record, name)
  t.notOk('spawnToReadyMs' in record.timings)
  t.equal(record.kernel.release, '6.1.0-56-cloud-amd64', 'that of the file, where nothing was booted')
  t.equal(record.stage, 'host.worker')
  t.notOk('lasting' in record)
})

await t.test('what could not be undone makes a pass broken; a fail stays one', async (t) => {
  const leaks = [{ what: 'QEMU', why: 'it took longer than 5 s' }]
  const leaked = compose({ ...passed, leaks })
  t.match(leaked, { outcome: 'broken', stage: 'cleanup', reason: /QEMU.*longer than 5 s/, leaks })
  t.equal(leaked.verdicts.length, 1, 'the verdicts stay')
  const conclusion = { outcome: 'fail', reason: 'once violated' } as const
  t.match(compose({ ...passed, leaks, conclusion }), { outcome: 'fail', reason: 'once violated', leaks })
  recordSchema.parse(leaked)
})

await t.test('what was booted and predicted is told where it is known', async (t) => {
  const kernel = { ...run.kernel, suites: ['bookworm-security'], configSha256: '12'.repeat(32) }
  const predictions = [{ chip: 'PCI-MSI', kind: 'deferred', cleanup: 'ipi' }] as const
  const facts = {
    runName: 'r',
    attempt: 1,
    startedAt: new Date(),
    tookMs: 1,
    argv: undefined,
    start: undefined,
    notes: [],
    limitsFactor: undefined,
    files: [],
  }
  const told = recordOf(request, { ...run, kernel }, { ...facts, result: { ...passed, predictions } })
  t.match(told, { kernel: { suites: ['bookworm-security'], configSha256: '12'.repeat(32) }, predictions })
  t.same(recordSchema.parse(told), told)
  const untold = recordOf(request, run, { ...facts, result: passed })
  t.notOk('predictions' in untold || 'suites' in untold.kernel || 'configSha256' in untold.kernel)
})
