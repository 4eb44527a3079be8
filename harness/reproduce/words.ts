/** How is a reproduction told: the machine and ours, the CPUs, what was made up, the answer. Plain text for a file and a terminal. Pure. */
import type { Reproduction } from './reproduction.ts'
import { symptomSentence } from './reproduction.ts'
import type { Shown } from './shown.ts'
import { standInName, theirName } from './subject.ts'

const ANSWERS = { shown: 'SHOWN', 'not shown': 'NOT SHOWN', 'cannot tell': 'CANNOT TELL' } as const

/** More of one kind are counted. */
const TOLD_MAX = 4

/** What is looked for, and what else there is. */
export function soughtLines(reproduction: Reproduction): readonly string[] {
  const { symptom, findings, asked, others, sought } = reproduction
  const by = [
    ...(sought.findings.length === 0
      ? []
      : [`irqlab diagnose of the guest finds ${sought.findings.join(' or ')}`]),
    ...sought.violated.map((law) => `the law ${law} is violated`),
    ...sought.held.map((law) => `the law ${law} holds`),
  ]
  const more = findings.length - asked.length
  const kinds = [...new Set(others.map(({ name }) => name))]
  return [
    `symptom: ${symptom}`,
    ...(findings.length === 0 ? [`  ${symptomSentence(reproduction)}`] : []),
    ...findings.slice(0, TOLD_MAX).map(({ sentence }) => `  ${sentence}`),
    ...(findings.length > TOLD_MAX ? [`  and ${findings.length - TOLD_MAX} more like these`] : []),
    ...asked.map(({ subject, was, mask }) => {
      return `  here ${standInName(subject)} stands for ${theirName(subject)}: on CPU ${was.toList()}, mask ${mask.toList()}`
    }),
    ...(findings.length > 0 && more > 0
      ? [`  ${more} of them are not asked: those that are stand for them`]
      : []),
    by.length === 0 ? '  nothing in particular is looked for' : `  it shows when, there, ${by.join(', or ')}`,
    ...(kinds.length === 0 ? [] : [`  not asked now: ${kinds.join(', ')} (--finding NAME, --irq N)`]),
  ]
}

/** The table of what became of each fact of the machine. */
export function likenessLines({ likeness, cpus, recipe }: Reproduction): readonly string[] {
  const { rows } = likeness
  const width = (of: (row: (typeof rows)[number]) => string, most: number) =>
    Math.min(most, Math.max(0, ...rows.map((row) => of(row).length)))
  const [what, carried] = [width((row) => row.what, 44), width((row) => row.carried, 10)]
  return [
    'the machine, and ours:',
    ...rows.flatMap((row) => [
      `  ${row.carried.padEnd(carried)}  ${row.what.padEnd(what)}  ${row.theirs} -> ${row.ours}`,
      ...(row.why === '' ? [] : [`${' '.repeat(carried + what + 6)}${row.why}`]),
    ]),
    'our CPUs, and theirs:',
    ...cpus.ours.map(({ theirs, standsFor }, at) => {
      const stands = standsFor.size > 1 ? `, stands for ${standsFor.toList()}` : ''
      return `  ${String(at).padStart(2)}  ${theirs === undefined ? 'none of theirs' : `CPU ${theirs}${stands}`}`
    }),
    'made up, as no capture has it:',
    ...recipe.madeUp.map((line) => `  ${line}`),
  ]
}

/** The answer, and what it rests on. */
export function shownLines({ answer, why, seen }: Shown): readonly string[] {
  return [...seen.slice(1, TOLD_MAX).map((line) => `  also: ${line}`), `${ANSWERS[answer]}: ${why}`]
}
