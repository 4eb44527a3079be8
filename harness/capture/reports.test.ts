/** Is the bad state of a real guest named right from the sosreport that was taken in it? harness/capture/reports/README.md says how. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lastOf } from '../diagnose/evidence.ts'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import { FINDINGS } from '../diagnose/finding.ts'
import { run } from '../host/shell.ts'
import { looked } from './looked-fixture.ts'

const report = (name: string) => join(import.meta.dirname, `reports/sosreport-${name}.tar.xz`)

async function diagnosisOf(name: string): Promise<Diagnosis> {
  const found = await looked('archive', report(name))
  if (typeof found === 'string') throw new Error(found)
  return found
}

/** `name irq` of each finding that is no note, and of the notes only the names. */
function namesOf({ findings }: Diagnosis): readonly string[] {
  return findings.map(({ name, irq }) =>
    FINDINGS[name] === 'note' || irq === undefined ? name : `${name} ${irq}`,
  )
}

await t.test('pending and quiet', async (t) => {
  const diagnosis = await diagnosisOf('quiet-plain')
  t.same(namesOf(diagnosis), [
    // The driver's own requests at probe wait like that of the person, which is for irq 27.
    ...[25, 27, 28, 29, 31, 32].map((irq) => `pending-and-quiet ${irq}`),
    'no-remapping',
  ])
  const said = (irq: number) => diagnosis.findings.find((finding) => finding.irq === irq)
  t.match(
    said(27)?.sentence,
    /^irq 27 \(virtio1-input\.1\): CPU 2 requested, effective is still CPU 1: no interrupt since boot, and it moves at its next one$/,
  )
  t.match(said(25)?.sentence, /its driver asked for it \(affinity_hint\)$/)
  t.match(said(27)?.evidence, [
    { file: '/proc/irq/27/smp_affinity_list', value: '2' },
    { file: '/proc/irq/27/effective_affinity_list', value: '1' },
    { file: '/proc/interrupts', value: '0 since boot' },
    { file: '/proc/stat', value: /^0 since boot, [\d.]+ s after that$/ },
    { file: '/proc/irq/27/affinity_hint', value: '1' },
  ])
})

await t.test('the same write with remapping was made at once: nothing waits', async (t) => {
  const diagnosis = await diagnosisOf('quiet-remapped')
  t.same(namesOf(diagnosis), ['hint-against-mask 28', 'remapping-on'])
  const irq = diagnosis.irqs.find(({ number }) => number === 28)
  t.match(irq, { action: 'virtio1-input.1', behaviour: { kind: 'immediate' }, counts: { total: 0 } })
  t.equal(irq && lastOf(irq.effective)?.toList(), irq && lastOf(irq.requested)?.toList())
})

await t.test('irqbalance against the unit of an administrator', async (t) => {
  for (const [machine, first] of [
    ['plain', 25],
    ['remapped', 26],
  ] as const) {
    const diagnosis = await diagnosisOf(`balanced-${machine}`)
    const names = namesOf(diagnosis)
    t.ok(names.includes('writers-at-odds'), machine)
    t.ok(names.includes(`mask-rewritten ${first}`))
    t.ok(names.includes('balancer-present'))
    t.match(
      diagnosis.findings.find(({ name }) => name === 'writers-at-odds')?.sentence,
      /^irqbalance runs here, and etc\/systemd\/system\/pin-queues\.service writes masks, too/,
    )
    t.match(
      diagnosis.findings.find(({ name }) => name === 'mask-rewritten')?.sentence,
      /pin-queues\.service writes CPU 1 and its mask is CPU 3: .*irqbalance runs here and is the likely writer$/,
    )
    t.match(diagnosis.seen.balancers, [{ name: 'irqbalance', pids: [Number] }])
  }
})

await t.test('affinity broken by a CPU that went offline, and came back', async (t) => {
  for (const machine of ['plain', 'remapped']) {
    const diagnosis = await diagnosisOf(`offline-${machine}`)
    t.equal(namesOf(diagnosis)[0], 'affinity-broken 4', machine)
    t.match(
      diagnosis.findings[0]?.sentence,
      /^irq 4 \(ttyS0\): its mask is CPUs 0-2, which is what was left when CPU 3 went offline/,
    )
    t.equal(lastOf(diagnosis.seen.cpus.online)?.toList(), '0-3', 'it is back')
    t.notOk(namesOf(diagnosis).includes('balancer-present'))
  }
})

await t.test('what else a sosreport tells of the machine, and what not', async (t) => {
  const { seen, irqs } = await diagnosisOf('quiet-remapped')
  t.match(seen, {
    source: 'sosreport',
    takenAt: /^2026-11-23T\d\d:/,
    releaseText: '6.1.0-56-cloud-amd64',
    elapsedSeconds: undefined,
    cpus: { words: ['irqaffinity=0-3'] },
    iommuTable: 'DMAR',
    balancers: [],
    writers: [],
    defects: [],
  })
  t.ok((seen.recountSeconds ?? 0) > 0)
  t.equal(seen.cpus.possible?.toList(), '0-3')
  t.equal(seen.defaultMask?.toList(), '0-3')
  t.match(irqs.find(({ number }) => number === 28)?.device, {
    address: '0000:00:02.0',
    ids: '1af4:1000',
    driver: 'virtio-pci',
    interface: 'enp0s2',
  })
  t.match(seen.unread, [
    /^a second sample: sosreport takes only one/,
    /debug\/irq: sosreport does not take it/,
    /irqbalance/,
  ])
  t.notMatch(JSON.stringify([seen, irqs]), /customer|192\.0\.2|52:54:00/, 'neither names nor addresses')
})

await t.test('unpacked, and packed otherwise, it says the same', async (t) => {
  const dir = t.testdir()
  mkdirSync(join(dir, 'unpacked'))
  await run(['tar', '-C', join(dir, 'unpacked'), '-xf', report('balanced-plain')], {
    stage: 'test',
    limitMs: 30_000,
  })
  const { findings } = await diagnosisOf('balanced-plain')
  const folder = await looked('folder', join(dir, 'unpacked'))
  t.same(typeof folder === 'string' ? folder : folder.findings, findings)
  const old = join(dir, 'old.tar.bz2')
  // Of sos 3 and before: another name of the folder, other plugins.
  await run(
    [
      'sh',
      '-c',
      'cd "$0"/*/ && mkdir sos_commands/general sos_commands/hardware && mv sos_commands/kernel/dmesg sos_commands/general && mv sos_commands/pci/lspci_-nnvv sos_commands/hardware/lspci_-nvv && rm -rf sos_logs version.txt && cd .. && mv */ customer-0421 && tar -cjf "$1" customer-0421',
      join(dir, 'unpacked'),
      old,
    ],
    { stage: 'test', limitMs: 60_000 },
  )
  const again = await looked('archive', old)
  const sentences = (some: typeof findings) => some.map(({ sentence }) => sentence)
  t.same(typeof again === 'string' ? again : sentences(again.findings), sentences(findings))
  t.equal(typeof again === 'string' ? again : again.seen.recountSeconds, undefined)
})

await t.test('each is small, and told of', (t) => {
  const readme = readFileSync(join(import.meta.dirname, 'reports/README.md'), 'utf8')
  for (const state of ['quiet', 'balanced', 'offline']) {
    t.match(readme, `\`${state}\``)
    for (const machine of ['plain', 'remapped'])
      t.ok(readFileSync(report(`${state}-${machine}`)).length < 50_000)
  }
  t.end()
})
