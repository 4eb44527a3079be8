/** Does the folder to send have what a stranger needs, the acts that matter and no more, and no name that says too much? */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { diagnose } from '../diagnose/diagnose.ts'
import { doctoredCapture, type DoctoredMachine } from '../diagnose/doctored-capture-fixture.ts'
import { observe } from '../diagnose/observe.ts'
import { machineOf } from '../guest/machine.ts'
import { type Act, actLine, actsHead } from '../irq/act-log.ts'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import { isOfGuest, type RunRecord } from '../record/run-record.ts'
import { actsOf, type Folder, reproducerFolder, writeFolder } from './folder.ts'
import { reproductionOf, type Wish } from './reproduction.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-folder-'))
t.teardown(() => rmSync(dir, { recursive: true }))

const on = (queue: string) => ({ queue, fires: 'datagram' as const })
const write = (id: number, queue: string, requested: string): Act => ({
  act: 'write',
  id,
  irq: 24,
  ...on(queue),
  file: 'smp_affinity_list',
  text: requested,
  requested,
})
const acts: readonly Act[] = [
  write(1, 'input.0', '1'),
  { act: 'body' },
  write(2, 'input.0', '0'),
  { act: 'written', id: 2, from: '1' },
  write(3, 'input.0', '2'),
  { act: 'written', id: 3, from: '0' },
  { act: 'hold', ids: [3, 4], seconds: 1 },
  write(4, 'input.3', '1'),
  { act: 'probe', targets: [on('input.3')], count: 1 },
  { act: 'held', ids: [3, 4] },
  { act: 'capture', seconds: 2 },
  { act: 'captured' },
  { act: 'probe', targets: [on('input.0'), on('input.3')], count: 1 },
  { act: 'mark', verb: 'body-end', fields: {} },
  { act: 'probe', targets: [on('input.0')], count: 3 },
]

function folderOf(machine: DoctoredMachine, wish: Wish, record: RunRecord = aRecord()): Folder {
  if (!isOfGuest(record)) throw new Error('a record of a guest')
  const diagnosis = diagnose(observe(doctoredCapture(machine)))
  const reproduction = reproductionOf(diagnosis, wish, {
    kernel: 'debian:6.1',
    closeness: 'same',
    sentence: 'the same',
  })
  const lines = acts.map((act, at) => actLine(act, at))
  writeFileSync(join(dir, 'acts.jsonl'), actsHead() + lines.join(''))
  return reproducerFolder({
    found: { dir, record: { ...record, machine: machineOf(reproduction.likeness.machine) } },
    seen: diagnosis.seen,
    reproduction,
    names: ['input.0'],
    shown: { answer: 'shown', why: 'irq 24 waits', seen: ['irq 24 waits'] },
    scenario: reproduction.textFor('./index.ts'),
    withImages: true,
    cured: 'debian:6.12',
  })
}

const textOf = ({ files }: Pick<Folder, 'files'>, name: string) =>
  files.find(({ path }) => path === name)?.content.toString() ?? ''

const waiting: DoctoredMachine = {
  release: '6.1.0-56-amd64',
  irqs: { 24: { action: 'enp3s0f1-TxRx-0', requested: '2', effective: '0' } },
}

await t.test('the acts that matter: those of the body, on the irqs that it is about', (t) => {
  t.same(actsOf(acts, ['input.0']), [
    write(2, 'input.0', '0'),
    { act: 'written', id: 2, from: '1' },
    write(3, 'input.0', '2'),
    { act: 'written', id: 3, from: '0' },
    { act: 'hold', ids: [3], seconds: 1 },
    { act: 'held', ids: [3] },
    { act: 'capture', seconds: 2 },
    { act: 'captured' },
    { act: 'probe', targets: [on('input.0')], count: 1 },
  ])
  t.end()
})

await t.test('a symptom of a right kernel: what is looked for is what diagnose found', (t) => {
  const folder = folderOf(waiting, { irqs: [] })
  t.equal(folder.whyNot, undefined)
  t.match(folder.imagesMissing, /QEMU was never started/)
  t.match(textOf(folder, 'guest/judge.sh'), /^symptom 'pending-and-quiet' 'input\.0'$/m)
  t.match(
    textOf(folder, 'guest/acts.sh'),
    /^start 'input\.0' 1\nwrite 2 .*\nwrite 3 .*\nhold 1 3\nheld 3\ncapture 2\ncaptured\nprobe 1 'input\.0'$/m,
  )
  t.match(textOf(folder, 'settings.sh'), /^SYMPTOM='irq 24 \(if0-TxRx-0\): CPU 2 requested/m)
  const readme = textOf(folder, 'README.txt')
  for (const words of [
    'Symptom',
    'Expected',
    'Seen here',
    'Kernel',
    'Reproduce',
    'The\nkernel does as it must',
    './replay.sh',
  ])
    t.match(readme, words)
  t.match(readme, /^cured in +debian:6\.12$/m)
  t.match(
    textOf(folder, 'capture.txt'),
    /^irq 24: if0-TxRx-0, PCI-MSIX-0000:00:03\.0 edge\n {2}smp_affinity_list: 2$/m,
  )
  for (const { path, content } of folder.files.filter(({ path }) => !path.startsWith('evidence/')))
    t.notMatch(content.toString(), 'enp3s0f1', `${path} has no name of an interface`)
  t.end()
})

await t.test('a law that was broken: what is looked for is that law, at the write that broke it', (t) => {
  const record = aRecord({
    outcome: 'fail',
    verdicts: [aVerdict({ law: 'given-back', queue: 'input.0', move: 3, state: 'violated' })],
  })
  const folder = folderOf({}, { irqs: [24], suspicion: 'vector-leak' }, record)
  t.match(textOf(folder, 'guest/judge.sh'), /^judge 'given-back' 'input\.0' 3$/m)
  t.match(textOf(folder, 'README.txt'), /Suspected on a real machine/)
  t.match(textOf(folder, 'README.txt'), /given-back: every vector that the irq takes is given back once/)
  t.end()
})

await t.test('it is written where nothing was', (t) => {
  const folder = folderOf(waiting, { irqs: [] })
  const place = join(dir, 'out')
  writeFolder(place, folder)
  t.equal(statSync(join(place, 'replay.sh')).mode & 0o777, 0o755)
  t.throws(() => writeFolder(place, folder), /is there already/)
  t.end()
})
