/** Takes the transcripts of one guest: types, looks, and does not believe an answer that does not show what it must. */
import { Trouble } from '../base/errors.ts'
import { aboutIrq } from '../diagnose/about-irq.ts'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import type { KeptTranscript } from '../diagnose/tree/kept-transcript.ts'
import { paletteFor } from '../report/colour.ts'
import { diagnosisLines } from '../report/diagnosis-lines.ts'
import type { KeptGuest } from './kept-guest.ts'
import { lineOf, type Look, type Transcript, type TranscriptGuest, withNumbers } from './transcript.ts'

/** A burst, or a busy host, may spoil one; no more than this. */
const TRIES = 3
/** Lines of the page are as wide as this. */
const WIDTH = 100

/** One file. */
export interface Taken {
  readonly name: string
  readonly kept: KeptTranscript
}

/** Gives those whose name is wanted to `keep`, each as soon as it is there; and what trouble there was with others. */
export async function takeFrom(
  guest: KeptGuest,
  { irqs, what, transcripts }: TranscriptGuest,
  isWanted: (name: string) => boolean,
  keep: (taken: Taken) => void,
): Promise<readonly string[]> {
  const release = (await guest.shell('uname -r')).trim()
  const today = new Date().toISOString().slice(0, 10)
  const troubles: string[] = []
  for (const one of transcripts) {
    // Also of those that nobody wants: what comes after may rest on them.
    try {
      const text = await takeOne(guest, one, async () => numbersOf(await guest.shell(ACTIONS), irqs))
      if (isWanted(one.name))
        keep({ name: one.name, kept: { taken: `Linux ${release}, ${what}, ${today}`, text } })
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      troubles.push(error.message)
    }
  }
  return troubles
}

/** `33 virtio1-output.2`, a line an irq. */
const ACTIONS = 'for i in /sys/kernel/irq/*; do read -r name <$i/actions && echo "${i##*/} $name"; done'

function numbersOf(output: string, irqs: TranscriptGuest['irqs']): ReadonlyMap<string, number> {
  const found = [...output.matchAll(/^(\d+) (\S+)$/gm)]
  return new Map(
    Object.entries(irqs).flatMap(([name, action]) => {
      const number = found.find(([, , text = '']) => action.test(text))?.[1]
      return number === undefined ? [] : [[name, Number(number)] as const]
    }),
  )
}

async function takeOne(
  guest: KeptGuest,
  { name, before = [], typed, shows, after = [] }: Transcript,
  learn: () => Promise<ReadonlyMap<string, number>>,
): Promise<string> {
  let text = ''
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const numbers = await learn()
    const shell = (command: string) => guest.shell(withNumbers(command, numbers))
    for (const command of before) await shell(command)
    const parts: string[] = []
    // One shell for what stands together: a directory that was gone into stays.
    let here = ''
    for (const one of typed) {
      if (typeof one === 'string') {
        const answer = await shell(`${here}${one}`)
        parts.push(`$ ${withNumbers(one, numbers)}\n${answer}`.trimEnd())
        here = /^cd [^\s;]+/.exec(one)?.[0].concat('; ') ?? here
      } else parts.push(await looked(guest, one, numbers))
    }
    for (const command of after) await shell(command)
    text = parts.join('\n')
    if (missingIn(text, shows).length === 0) return text
  }
  const missing = missingIn(text, shows).join(', ')
  throw new Trouble('transcripts.shows', `${name} does not show ${missing}:\n${text}`)
}

/** What a text does not show; a sentence may be broken into lines. */
export function missingIn(text: string, shows: readonly RegExp[]): readonly RegExp[] {
  const whole = text.replaceAll(/\n +/g, ' ')
  return shows.filter((pattern) => !pattern.test(text) && !pattern.test(whole))
}

async function looked(guest: KeptGuest, look: Look, numbers: ReadonlyMap<string, number>): Promise<string> {
  const { diagnose, finding, during } = look
  const number = Number(withNumbers(diagnose, numbers))
  const seen = await guest.look(during === undefined ? undefined : withNumbers(during, numbers))
  const lines = linesOf(aboutIrq(seen, number) ?? seen)
  const part = finding === undefined ? lines : groupOf(lines, finding)
  const line = withNumbers(lineOf(look, part.length - 1), numbers)
  return [`$ ${line}`, ...part].join('\n')
}

function linesOf(diagnosis: Diagnosis): readonly string[] {
  return diagnosisLines(diagnosis, paletteFor({}), { width: WIDTH, all: false, what: 'guest.tar' })
}

/** The line of a finding and those below it. */
function groupOf(lines: readonly string[], finding: string): readonly string[] {
  const first = lines.findIndex((line) => new RegExp(`^[✗!-] ${finding}`).test(line))
  if (first === -1) return lines
  const length = lines.slice(first + 1).findIndex((line) => !line.startsWith(' '))
  return lines.slice(first, length === -1 ? undefined : first + 1 + length)
}
