/** Captures that capture.sh took in real guests in a bad state: is the finding named, and are the acts the ones that lead there? */
import { join } from 'node:path'
import t from 'tap'
import { readArchive } from '../capture/archive.ts'
import { readCapture } from '../capture/read.ts'
import { captureOf } from '../diagnose/capture.ts'
import { diagnose } from '../diagnose/diagnose.ts'
import { observe } from '../diagnose/observe.ts'
import { chooseKernel } from './kernel-choice.ts'
import { reproductionOf } from './reproduction.ts'
import { standInName } from './subject.ts'

const there = [
  { series: '5.10', version: '5.10.218-1', release: '5.10.0-30-cloud-amd64' },
  { series: '6.1', version: '6.1.192-2', release: '6.1.0-56-cloud-amd64' },
  { series: '6.12', version: '6.12.117-1', release: '6.12.117+deb13-cloud-amd64' },
].map((one) => ({ ...one, text: `debian:${one.version}` }))

const cases = [
  {
    file: 'quiet',
    symptom: 'pending-and-quiet',
    kernel: 'debian:6.1.192-2',
    irqs: ['input.1: 30 on 0 for 2-3', 'input.2: 32 on 1 for 3'],
    acts: /mask: CpuMask\.fromList\('2-3'\)[^]*await hold\(moves[^]*await capture\(\)/,
  },
  {
    file: 'broken',
    symptom: 'affinity-broken',
    kernel: 'debian:6.12.117-1',
    irqs: ['virtio-serial: 28 on 0 for 0-1,3'],
    acts: /request\(CpuMask\.of\(2\)\)[^]*with: \(\) => cpus\.offline\(2\)[^]*await cpus\.online\(2\)[^]*await capture\(\)/,
  },
  {
    file: 'balanced',
    symptom: 'mask-rewritten',
    kernel: 'debian:6.1.192-2',
    irqs: ['input.0: 28 on 3 for 0'],
    acts: /before: CpuMask\.of\(3\)[^]*irqbalance\.writes\(targets, \{ without: CpuMask\./,
  },
  {
    // Taken after four rounds of CVE-2024-31076: nothing in it tells, but the kernel and the CPU that went.
    file: 'leak',
    suspicion: 'vector-leak',
    symptom: 'vector-leak',
    kernel: 'debian:5.10.218-1',
    irqs: ['virtio-serial: 40 on 3 for 3'],
    acts: /const old = CpuMask\.of\(3\)\n[^]*await cpus\.offline\(old\.only\(\)\)/,
  },
  {
    // Taken when the older request was back: it looks like any other that was made.
    file: 'stale',
    suspicion: 'stale-request',
    symptom: 'stale-request',
    kernel: 'debian:6.12.117-1',
    irqs: ['ttyS1: 3 on 2 for 2'],
    acts: /await handler\(line\)\.close\(\)\n[^]*await handler\(line\)\.open\(\)/,
  },
] as const

for (const { file, symptom, kernel, irqs, acts, ...more } of cases) {
  void t.test(file, async (t) => {
    const { files, defects } = await readArchive(join(import.meta.dirname, 'fixtures', `${file}.tar.gz`))
    const diagnosis = diagnose(observe(captureOf(files, defects)))
    t.same(diagnosis.seen.defects, [])
    const made = reproductionOf(diagnosis, { irqs: [], ...more }, chooseKernel(diagnosis.seen, there))
    t.equal(made.symptom, symptom)
    t.match(made.kernel, { kernel, closeness: 'same' })
    const asked = made.asked.map(
      ({ subject, was, mask }) =>
        `${standInName(subject)}: ${subject.theirs.number} on ${was.toList()} for ${mask.toList()}`,
    )
    t.same(asked.slice(0, irqs.length), irqs, 'those that somebody wrote come first')
    t.match(made.textFor('./index.ts'), acts)
    t.same(
      made.cpus.ours.map(({ theirs }) => theirs),
      [0, 1, 2, 3],
      'a small machine is kept whole',
    )
  })
}

void t.test('a sosreport: what a unit there writes is the mask that was written over', async (t) => {
  const capture = await readCapture(
    {
      kind: 'archive',
      path: join(import.meta.dirname, '../capture/reports/sosreport-balanced-plain.tar.xz'),
    },
    { intervalSeconds: 0, anonymise: false, sudo: false, signal: new AbortController().signal },
  )
  const diagnosis = diagnose(observe(capture))
  const made = reproductionOf(diagnosis, { irqs: [] }, chooseKernel(diagnosis.seen, there))
  t.equal(made.symptom, 'mask-rewritten')
  t.same(
    made.asked.map(({ before, mask }) => [before?.toList(), mask.toList()]),
    [
      ['1', '3'],
      ['2', '3'],
      ['3', '1'],
    ],
  )
})
