/** The acts that bring a healthy guest to where the machine was: what a recipe is told, what it gives, and the pieces that recipes share. Pure. */
import type { Finding } from '../diagnose/finding.ts'
import type { Observed } from '../diagnose/observed.ts'
import type { DeviceName } from '../guest/device-names.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Need } from '../scenario/needs.ts'
import { standInCode, type Subject, theirName } from './subject.ts'

/** An irq of the guest, with the masks that it had on the machine, in our CPUs. */
export interface Asked {
  readonly subject: Subject
  /** Where it was. One CPU. */
  readonly was: CpuMask
  /** What was asked for last; CPUs that are offline there are left out unless the recipe is about them. */
  readonly mask: CpuMask
  /** What was asked for before, where the samples differ or a unit there writes something else. */
  readonly before: CpuMask | undefined
}

/** What a recipe is told. */
export interface RecipeFacts {
  readonly asked: readonly Asked[]
  readonly seen: Observed
  readonly finding: Finding | undefined
  /** All CPUs of the guest. */
  readonly all: CpuMask
  /** One that exists on the machine and is offline there, in our numbers. */
  readonly offline: CpuMask
  readonly isolated: CpuMask
  readonly remapped: boolean
  /** The CPU that the symptom is about: that went offline, that has no vectors left. In our numbers. */
  readonly cpu: number | undefined
  /** An rx queue that stands for nothing: it fires and moves while the others are held. */
  readonly neighbour: number
}

/** What a recipe gives. */
export interface Recipe {
  readonly question: string
  /** What is done, in sentences. */
  readonly says: readonly string[]
  readonly needs: readonly Need[]
  /** Beside those that stand for an irq. */
  readonly devices?: readonly DeviceName[]
  readonly vectorHogs?: number
  /** The body. */
  readonly lines: readonly string[]
  /** What is not in the capture and was made up. */
  readonly madeUp: readonly string[]
}

/** `CpuMask.of(2)` or `CpuMask.fromList('2-3')`. */
export function maskCode(mask: CpuMask): string {
  return mask.size === 1 ? `CpuMask.of(${mask.toList()})` : `CpuMask.fromList('${mask.toList()}')`
}

/** The list of irqs that the body works on. */
export function askedLines(asked: readonly Asked[], withBefore = false): readonly string[] {
  return [
    'const asked = [',
    ...asked.flatMap(({ subject, was, mask, before }) => [
      `  // ${inComment(theirName(subject))} there`,
      `  { target: ${standInCode(subject)}, was: ${maskCode(was)}, ${withBefore ? `before: ${maskCode(before ?? was)}, ` : ''}mask: ${maskCode(mask)} },`,
    ]),
    ']',
    'const targets = asked.map(({ target }) => target)',
  ]
}

/** Brings each of them to the CPU that it was on. */
export const atRest: readonly string[] = [
  '// At rest, each on the CPU that it was on.',
  'for (const { target, was } of asked) await target.irq.request(was)',
  'await traffic.probe(targets)',
  'await traffic.probe(targets, { count: 2 })',
]

/** The requests, as `moves`. */
export const requests: readonly string[] = [
  'const moves = []',
  'for (const { target, mask } of asked) moves.push(await target.irq.request(mask))',
]

/** Nothing happens to them for a second, while a neighbour fires and moves. */
export function heldLines({ neighbour }: RecipeFacts): readonly string[] {
  return [`await hold(moves, { seconds: 1, whileMoving: [nic.rxQueue(${neighbour})] })`]
}

/** Enough interrupts for any move. */
export const fired: readonly string[] = [
  'await traffic.probe(targets)',
  'await traffic.probe(targets, { count: 3 })',
]

/** What the laws of moving say of each. */
export const checkMoved: readonly string[] = ['', 'for (const move of moves) check(move).moved()']

/** The needs of every recipe. */
export function needsFor({ remapped }: RecipeFacts, ...more: readonly Need[]): readonly Need[] {
  return [
    'effective_affinity',
    'the pending bit',
    remapped ? 'interrupt remapping' : 'no interrupt remapping',
    ...more,
  ]
}

/** A CPU of ours that is none of these. */
export function otherThan(all: CpuMask, ...not: readonly CpuMask[]): CpuMask {
  const left = not.reduce((rest, mask) => rest.minus(mask), all)
  return CpuMask.of(left.cpus[0] ?? 0)
}

/** A stranger's text in a comment of ours: one line, plain, and it ends no comment. */
export function inComment(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .replaceAll('*/', '* /')
    .slice(0, 300)
}
