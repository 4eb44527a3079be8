/** Which parts does the bench have, and what has to be measured for each? Pure. */
import { UsageError } from '../base/errors.ts'
import { closest } from '../cli/closest.ts'

/** The parts in the order of the table, each with what it needs and what `--help` says of it. */
const PARTS = {
  ready: { needs: ['floor', 'cold run', 'warm run'], words: 'floor, cold ready, warm ready' },
  verdict: {
    needs: ['floor', 'cold run', 'warm run'],
    words: 'start of irqlab to the last verdict, cold and warm',
  },
  cpu: { needs: ['floor', 'cold run', 'warm run'], words: 'CPU time of the harness beside that of QEMU' },
  memory: { needs: ['cold run', 'warm run'], words: 'peak memory of irqlab and of its worker' },
  start: { needs: ['starts'], words: '`irqlab --help` beside `node -e 0`' },
  vng: { needs: ['floor', 'vng'], words: 'boot to the first command of virtme-ng, where it is on the PATH' },
  pace: { needs: ['pace'], words: 'warm runs in a minute, with one job and with two' },
  suite: {
    needs: ['floor', 'suite'],
    words: 'every scenario but quiet-queue, with one job and with two (slow)',
  },
  sizes: { needs: ['sizes'], words: 'initrd, bzImage, memory of a guest that was put aside' },
} as const

/** A part of the bench, as `--only` names it. */
export type Part = keyof typeof PARTS
/** Something that costs time. */
export type Measurement = (typeof PARTS)[Part]['needs'][number]

/** All parts. */
export const PART_NAMES = Object.keys(PARTS) as readonly Part[]

/** What is measured when nothing was said: all that takes three minutes together. */
export const DEFAULT_PARTS: readonly Part[] = PART_NAMES.filter((name) => name !== 'suite')

/** The parts named in `--only ready,verdict`; `all` is every one. Throws `UsageError`. */
export function partsIn(list: string): readonly Part[] {
  const words = list.split(',').map((word) => word.trim())
  const unknown = words.find((word) => word !== 'all' && !isPart(word))
  if (unknown !== undefined) {
    throw new UsageError(
      `--only ${JSON.stringify(unknown)}: known are ${PART_NAMES.join(', ')}, all${closest(unknown, PART_NAMES)}`,
    )
  }
  return PART_NAMES.filter((name) => words.includes(name) || words.includes('all'))
}

/** Everything that these parts need. */
export function measurementsFor(parts: readonly Part[]): ReadonlySet<Measurement> {
  return new Set(parts.flatMap((part) => PARTS[part].needs))
}

/** One line a part, for `--help`. */
export function partLines(): readonly string[] {
  const width = Math.max(...PART_NAMES.map((name) => name.length))
  return PART_NAMES.map((name) => `${name.padEnd(width)}  ${PARTS[name].words}`)
}

function isPart(word: string): word is Part {
  return Object.hasOwn(PARTS, word)
}
