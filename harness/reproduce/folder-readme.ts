/** What does a kernel developer read first who is sent a reproducer? Symptom, expected, seen, kernel, stack, how to run it. Pure. */
import { ABOUT_FINDINGS } from '../diagnose/about-findings.ts'
import { FINDINGS } from '../diagnose/finding.ts'
import type { FindingName } from '../diagnose/finding.ts'
import { kernelPath } from '../irq/about/kernel-path.ts'
import { aboutLaw, wordingOf } from '../irq/about/law.ts'
import type { LawName } from '../irq/laws/law-names.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type Reproduction, symptomSentence } from './reproduction.ts'
import type { Shown } from './shown.ts'

/** What the text is made of beside the reproduction. */
export interface FolderFacts {
  readonly record: RunRecord
  readonly shown: Shown
  /** Of the move that matters, innermost first; empty where none was traced. */
  readonly stack: readonly string[]
  /** Why a shell cannot repeat it; absent: it can. */
  readonly whyNot: string | undefined
  readonly imagesMissing: string | undefined
  /** Kernels that have the cure, as --kernel takes them, where they are known. */
  readonly cured: string | undefined
}

const ANSWERS = {
  shown: 'It showed',
  'not shown': 'It did not show',
  'cannot tell': 'It cannot be told',
} as const

/** The text of README.txt. */
export function folderReadme(reproduction: Reproduction, facts: FolderFacts): string {
  const { record, shown, stack, whyNot, imagesMissing, cured } = facts
  const { kernel } = record
  const title = symptomSentence(reproduction)
  return `${[
    ...wrap(`irq affinity: ${title}`),
    '='.repeat(72),
    '',
    'Symptom',
    '-------',
    '',
    ...wrap(`${title}.`),
    ...(reproduction.findings.length > 0
      ? ['', 'Seen on a real machine; capture.txt has the lines of its capture that tell it.']
      : [
          '',
          ...wrap(
            'Suspected on a real machine: capture.txt has what it said of itself. A capture cannot show this.',
          ),
        ]),
    '',
    'Expected',
    '--------',
    '',
    ...expected(reproduction).flatMap((line) => wrap(line)),
    '',
    'Seen here',
    '---------',
    '',
    ...wrap(`${ANSWERS[shown.answer]} on ${kernel.release} (${packageWords(record)}): ${shown.why}.`),
    ...shown.seen.slice(1, 4).flatMap((line) => ['', ...wrap(line)]),
    '',
    'Kernel',
    '------',
    '',
    `release    ${kernel.release}, asked for as ${kernel.source}`,
    `bzImage    sha256 ${kernel.sha256}`,
    ...(cured === undefined ? [] : [`cured in   ${cured}`]),
    `where      x86-64, ${reproduction.likeness.machine.remapping === undefined ? 'no interrupt remapping' : 'interrupt remapping on'}, ${record.accel.used.toUpperCase()}, ${record.accel.qemu}`,
    '',
    'In the source, in the order in which it runs:',
    ...pathOf(reproduction).map((at) => `  ${at}`),
    ...(stack.length === 0
      ? []
      : [
          '',
          'Stack of the last move that was traced, innermost first:',
          ...stack.map((name) => `  ${name}`),
        ]),
    '',
    'Reproduce',
    '---------',
    '',
    ...(whyNot === undefined
      ? [
          '    ./replay.sh',
          '',
          'needs qemu-system-x86_64, a POSIX shell and coreutils: no root, no network, no installation. The guest does by itself',
          'what guest/acts.sh says, prints what it sees, and says SEEN AGAIN (exit code 0), NOT SEEN (1), or that it cannot tell (2).',
          '',
          '    BZIMAGE=/path/to/bzImage MODULES=/path/to/modules.cpio ./replay.sh',
          '',
          `asks another kernel, such as one with a fix. Without MODULES ${driverWords(reproduction)} must be built into it.`,
        ]
      : [
          ...wrap(`./replay.sh cannot do it: ${whyNot}. It says so and ends with 2.`),
          '',
          'irqlab can: `irqlab run scenario.ts` in its tree; the file says what is done, line by line.',
        ]),
    '',
    'What is done',
    '------------',
    '',
    ...reproduction.recipe.says.flatMap((line) => wrap(line)),
    '',
    'scenario.ts has it as irqlab ran it. Made up, as the capture does not have it:',
    ...reproduction.recipe.madeUp.flatMap((line) => wrap(`- ${line}`)),
    '',
    'Files',
    '-----',
    '',
    'capture.txt    what the machine said of itself, as far as it matters; interfaces have generic names',
    'likeness.txt   which of its CPUs, devices and settings ours stand for, and what was left out',
    'scenario.ts    the acts, for irqlab',
    'guest/         the acts, for the shell of the guest',
    imagesMissing === undefined
      ? 'images/        the kernel of the run byte by byte, the guest without keys, the modules of the kernel'
      : `images/        none: ${imagesMissing}`,
    'evidence/      what the run left: record.json is its result, trace.txt the order of events',
  ].join('\n')}\n`
}

function packageWords({ kernel }: RunRecord): string {
  return kernel.packageVersion === undefined ? kernel.source : `Debian ${kernel.packageVersion}`
}

/** Laws that were broken, or what the finding says of a right kernel. */
function expected({ symptom, sought }: Reproduction): readonly string[] {
  const finding = findingOf(symptom)
  if (finding !== undefined && FINDINGS[finding] !== 'bug')
    return [ABOUT_FINDINGS[finding].says, ABOUT_FINDINGS[finding].matters]
  const laws: readonly LawName[] = sought.violated.length > 0 ? sought.violated : sought.held
  return laws.length === 0
    ? ['Nothing in particular: what always holds was asked.']
    : laws.map((law) => `${law}: ${wordingOf(law)}.`)
}

function pathOf({ symptom, sought }: Reproduction): readonly string[] {
  const finding = findingOf(symptom)
  const [law] = sought.violated.length > 0 ? sought.violated : sought.held
  const names =
    finding !== undefined ? ABOUT_FINDINGS[finding].path : law === undefined ? [] : aboutLaw(law).path
  return kernelPath(names).map(({ at, does }) => `${at}: ${does}`)
}

function findingOf(symptom: Reproduction['symptom']): FindingName | undefined {
  return symptom in FINDINGS ? (symptom as FindingName) : undefined
}

function driverWords({ likeness }: Reproduction): string {
  const { devices = [] } = likeness.machine
  if (devices.includes('ttyS1')) return 'the 8250 serial driver'
  return devices.includes('virtio-serial') ? 'virtio-pci and virtio-console' : 'virtio-pci and virtio-net'
}

const WIDTH = 120

function wrap(text: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
