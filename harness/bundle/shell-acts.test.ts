import * as fc from 'fast-check'
import t from 'tap'
import { machineOf } from '../guest/machine.ts'
import { exchange } from '../host/exchange.ts'
import type { Act } from '../irq/act-log.ts'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import { quoted } from './quote.ts'
import { settingsText } from './settings.ts'
import { shellActs } from './shell-acts.ts'

const machine = machineOf('plain')
const queue = { queue: 'input.0', fires: 'datagram' as const }
const write: Act = {
  act: 'write',
  id: 1,
  irq: 28,
  ...queue,
  file: 'smp_affinity_list',
  text: '2',
  requested: '2',
  expect: 'deferred',
}
const acts: readonly Act[] = [
  write,
  { act: 'written', id: 1, from: '0' },
  { act: 'hold', ids: [1], seconds: 1 },
  { act: 'held', ids: [1] },
  { act: 'probe', targets: [queue], count: 3 },
  { act: 'mark', verb: 'offline', fields: { cpu: '2' } },
  { act: 'mark', verb: 'closing', fields: {} },
]
const violated = aVerdict({ law: 'first-on-old', state: 'violated' })

function whyNot(changed: readonly Act[] | undefined, on = machine): string | undefined {
  const made = shellActs(aRecord(), on, changed)
  return 'whyNot' in made ? made.whyNot : undefined
}

async function inShell(script: string): Promise<{ readonly stdout: string; readonly status: number | null }> {
  return exchange(['sh', '-c', script], { stage: 'test', limitMs: 10_000 })
}

void t.test('acts become lines that the guest understands, and each violated law a question', (t) => {
  const made = shellActs(aRecord({ verdicts: [violated, aVerdict()] }), machine, acts)
  t.match(made, {
    queues: [0],
    device: undefined,
    files: {
      'queues.sh': /^queue 'input\.0' 0$/m,
      'acts.sh':
        /^write 1 'input\.0' 'smp_affinity_list' '2' '0' '2'\nhold 1 1\nheld 1\nprobe 3 'input\.0'\ncpu 2 0\n$/m,
      'judge.sh': /^judge 'first-on-old' 'input\.0' 1\n$/m,
    },
  })
  t.end()
})

void t.test('a guest from a snapshot is first brought to where its irqs were', (t) => {
  const made = shellActs(aRecord({ guest: { flavour: 'micro', sha256: '', start: 'warm' } }), machine, acts)
  t.match(made, { files: { 'acts.sh': /^start 'input\.0' 0\nwrite 1 /m } })
  t.end()
})

void t.test('a device that bytes fire, its handler, and a capture', (t) => {
  const byte = { queue: 'ttyS1', fires: 'byte' as const }
  const made = shellActs(
    aRecord({ guest: { flavour: 'micro', sha256: '', start: 'warm' } }),
    machine,
    [
      { ...write, ...byte },
      { act: 'written', id: 1, from: '0' },
      { act: 'mark', verb: 'close', fields: { irq: '28' } },
      { act: 'shell', text: 'sleep 0.2' },
      { act: 'mark', verb: 'open', fields: { irq: '28' } },
      { act: 'capture', seconds: 1.5 },
      { act: 'probe', targets: [byte], count: 4 },
      { act: 'captured' },
    ],
    { judge: ["symptom 'pending-though-firing' 'ttyS1'"] },
  )
  t.match(made, {
    queues: [],
    device: 'ttyS1',
    files: {
      'queues.sh': /^device 'ttyS1'$/m,
      'acts.sh':
        /^start 'ttyS1' 0\nwrite 1 .*\nhandler 'ttyS1' close\nsleep 0\.2\nhandler 'ttyS1' open\ncapture 2\nprobe 4 'ttyS1'\ncaptured\n$/m,
      'judge.sh': /^symptom 'pending-though-firing' 'ttyS1'\n$/m,
    },
  })
  t.end()
})

void t.test('irqbalance is the real one there, too', (t) => {
  const act = { act: 'mark' as const, verb: 'act' }
  const made = shellActs(aRecord(), machine, [
    write,
    { act: 'adopt', targets: [queue] },
    { ...act, fields: { what: 'irqbalance', without: '0,2-3' } },
    { ...act, fields: { what: 'irqbalance' } },
  ])
  t.match(made, { files: { 'acts.sh': /^foreign 'input\.0'\nbalance '0,2-3'\nunbalance\n$/m } })
  t.end()
})

void t.test('what a shell cannot repeat is told in words', (t) => {
  t.equal(whyNot(acts), undefined)
  t.match(whyNot(undefined), /has no acts\.jsonl/)
  t.match(whyNot([]), /nothing was written/)
  t.match(whyNot([{ ...write, queue: 'intx', fires: 'byte' }]), /^intx is fired by a byte/)
  const byByte = { fires: 'byte' as const }
  t.equal(whyNot([{ ...write, queue: 'ttyS1', ...byByte }]), undefined)
  t.match(
    whyNot([
      { ...write, queue: 'ttyS1', ...byByte },
      { ...write, queue: 'virtio-serial', ...byByte },
    ]),
    /here only one can be$/,
  )
  t.match(whyNot([...acts, { act: 'adopt', targets: [queue] }]), /a write that a driver makes/)
  t.match(whyNot([...acts, { act: 'flood', targets: [queue] }]), /floods/)
  t.match(whyNot([...acts, { act: 'shell', text: 'reboot' }]), /shell text of its own/)
  t.match(whyNot([...acts, { act: 'mark', verb: 'act', fields: { what: 'unbind' } }]), /unbind$/)
  t.match(whyNot([...acts, { act: 'mark', verb: 'online', fields: { cpu: '4' } }]), /CPU 4 is plugged in/)
  t.match(whyNot([{ ...write, inARow: true }]), /microseconds apart/)
  t.match(whyNot([{ ...write, text: '\n; reboot' }]), /no plain request/)
  const shared = machineOf({ name: 'few', nic: { vectors: 3 } })
  t.match(whyNot(acts, shared), /share vectors/)
  t.end()
})

void t.test('any text is one word of a shell, and nothing in it is run', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
      const said = await inShell(`printf '%s' ${quoted(text)}`)
      // A shell argument holds no NUL, and what is no whole character comes out as one that says so.
      t.equal(said.stdout, Buffer.from(text.replaceAll('\0', '')).toString())
    }),
    { numRuns: 60 },
  )
})

void t.test('a hostile record says nothing to the shell that repeats it', async (t) => {
  const evil = `'; touch /tmp/irqlab-evil; echo "$(id)" \`id\` \n EVIL=1 #`
  const record = aRecord({
    run: evil,
    reason: evil,
    stage: 'kernel',
    kernel: { release: evil, source: evil, sha256: evil },
    options: { append: evil, qemuArgs: [evil, '-monitor', '$(id)'], timeoutScale: 1 },
  })
  const text = settingsText(
    record,
    { ...machine, append: evil },
    { queues: [0], device: 'ttyS1' },
    { whyNot: evil, symptom: evil },
  )
  const { stdout, status } = await inShell(
    `EVIL=; ACCEL=tcg; work='/a b'; major=7; run_qemu() { printf '<%s>' "$@"; }\n${text}\nqemu_args; echo; echo "EVIL=[$EVIL]"; printf '%s\\n' "$RUN"`,
  )
  t.equal(status, 0)
  t.match(stdout, 'EVIL=[]')
  t.match(
    stdout,
    '<socket,id=feeder,path=/a b/line>',
    'the directory of the script is one word with what is around it',
  )
  t.notMatch(stdout, /uid=/)
  t.ok(stdout.includes(`<${evil}><-monitor><$(id)>`), 'every argument is one word, as it was given')
  t.ok(stdout.includes("'; touch /tmp/irqlab-evil; echo"), 'and is shown as it is')
})
