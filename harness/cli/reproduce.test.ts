/** The command as a person and a program call it, without a guest: what it would do, and what is refused. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { z } from 'zod'
import { doctoredCapture, type DoctoredMachine } from '../diagnose/doctored-capture-fixture.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())

function put(name: string, machine: DoctoredMachine): string {
  for (const [path, content] of doctoredCapture(machine).files) {
    const file = join(place.dir, name, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return name
}

const waiting = put('waiting', {
  release: '5.10.0-30-cloud-amd64',
  build: '#1 SMP Debian 5.10.218-1 (2024-06-01)',
  irqs: { 24: { requested: '2', effective: '0' } },
  log: ['[ 10.1] smpboot: CPU 3 is now offline', '[ 20.1] smpboot: Booting Node 0 Processor 3 APIC 0x3'],
})
const dry = ['--kernel', 'debian:5.10', '--dry-run'] as const
const before = place.left()

const documentShape = z.looseObject({
  schema: z.literal('irqlab.reproduction/1'),
  symptom: z.string(),
  asked: z.string().optional(),
  kernel: z.looseObject({ closeness: z.string() }),
  machine: z.looseObject({ name: z.string() }),
  likeness: z.array(z.looseObject({ what: z.string(), carried: z.string() })),
  cpus: z.array(z.looseObject({ ours: z.number(), theirs: z.number().nullable() })),
  knownBugs: z.array(z.looseObject({ scenario: z.string() })),
  sought: z.looseObject({ violated: z.array(z.string()) }),
})

await t.test('what would be done, for a person and for a program', async (t) => {
  const told = await irqlab(place, ['reproduce', waiting, ...dry])
  t.match(told, { status: 0, stderr: '' })
  t.match(told.stdout, /^symptom: pending-and-quiet\n {2}irq 24 .*CPU 2 requested/)
  t.match(told.stdout, /^ {2}here input\.0 stands for irq 24 .*: on CPU 0, mask 2$/m)
  t.match(
    told.stdout,
    /known of this kernel, and in no capture \(--ask NAME\):\n[^]*^ {4}cve-2024-31076-vector-leak: CVE/m,
  )
  t.match(told.stdout, /^ {4}async run\(\{ nic, hold, traffic, capture, check \}\) \{$/m)
  const { stdout } = await irqlab(place, ['reproduce', waiting, ...dry, '--json'])
  const document = documentShape.parse(JSON.parse(stdout))
  t.match(document, { symptom: 'pending-and-quiet', kernel: { closeness: 'given' } })
  t.same(place.left(), before, 'nothing was made')
})

await t.test(
  'a suspicion, by its scenario, its law or its CVE; another one as the catalogue has it',
  async (t) => {
    for (const name of ['cve-2024-31076-vector-leak', 'CVE-2024-31076', 'given-back', 'vector-leak']) {
      const { status, stdout } = await irqlab(place, ['reproduce', waiting, ...dry, '--ask', name])
      t.equal(status, 0, name)
      t.match(stdout, /^symptom: vector-leak\n[^]*const old = CpuMask\.of\(3\)/, name)
    }
    const { stdout } = await irqlab(place, ['reproduce', waiting, ...dry, '--json', '--ask', 'quiet-queue'])
    t.match(documentShape.parse(JSON.parse(stdout)), {
      asked: 'quiet-queue',
      sought: { violated: ['accepted'] },
    })
  },
)

await t.test('what cannot be asked is bad usage, in one line', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['reproduce'], /missing required argument 'capture'/],
    [['reproduce', 'gone.tar.gz'], /there is no such capture/],
    [['reproduce', waiting, '--finding', 'pending'], /no finding of diagnose; did you mean "pending-/],
    [['reproduce', waiting, '--finding', 'mask-rewritten', ...dry], /it has pending-and-quiet/],
    [['reproduce', waiting, '--irq', '99', ...dry], /--irq 99: the capture has no such irq/],
    [['reproduce', waiting, '--irq', 'x'], /--irq "x": give a whole number/],
    [['reproduce', waiting, '--ask', 'quiet-queu'], /no scenario, law or CVE.*did you mean "quiet-queue"/],
    [['reproduce', waiting, '--ask', 'held', '--finding', 'pending-and-quiet'], /do not go together/],
    [['reproduce', waiting, '--kernel', 'debian:nine'], /no such series/],
    [['reproduce', waiting, '-o', waiting], /there is something already/],
  ]
  for (const [args, says] of cases) {
    const { status, stdout, stderr } = await irqlab(place, args)
    t.match({ status, stdout }, { status: 64, stdout: '' }, args.join(' '))
    t.match(stderr, says)
    t.ok(stderr.split('\n').length <= 5, stderr)
  }
  t.same(place.left(), before, 'nothing was made')
})
