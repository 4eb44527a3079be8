/** `npm run transcripts`: types what docs/DIAGNOSE.md shows into real guests again, and keeps the answers in docs/diagnose/. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../base/errors.ts'
import { runScript, tell } from '../cli/run-script.ts'
import { formatTranscript } from '../diagnose/tree/kept-transcript.ts'
import { withKeptGuest } from './kept-guest.ts'
import { takeFrom } from './take.ts'
import { TRANSCRIPT_GUESTS } from './transcript-guests.ts'

const USAGE = `usage: npm run transcripts -- [NAME...] [options]

Types into guests what docs/DIAGNOSE.md shows, and writes docs/diagnose/NAME.txt. Without a NAME: all of them.

  --accel auto|kvm|tcg, --timeout-scale X   as \`irqlab run\` takes them

Then \`npm run diagnose-page\` writes the page. Exit code: 0 taken, 2 something broke or was not shown, 64 bad usage.
`
const KEPT = resolve(import.meta.dirname, '../../docs/diagnose')

await runScript({ name: 'transcripts', usage: USAGE, options, main })

interface Options {
  readonly help: boolean
  readonly names: readonly string[]
  readonly words: readonly string[]
}

function options(args: readonly string[]): Options {
  const known = TRANSCRIPT_GUESTS.flatMap(({ transcripts }) => transcripts.map(({ name }) => name))
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        accel: { type: 'string' },
        'timeout-scale': { type: 'string' },
      },
    })
    const unknown = positionals.find((name) => !known.includes(name))
    if (unknown !== undefined)
      throw new UsageError(`${JSON.stringify(unknown)} is no transcript: ${known.join(', ')}`)
    const words = (['accel', 'timeout-scale'] as const).flatMap((name) => {
      const value = values[name]
      return value === undefined ? [] : [`--${name}`, value]
    })
    return { help: values.help, names: positionals, words }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(messageOf(error))
  }
}

async function main({ names, words }: Options, signal: AbortSignal): Promise<number> {
  const isWanted = (name: string) => names.length === 0 || names.includes(name)
  mkdirSync(KEPT, { recursive: true })
  let code = 0
  for (const guest of TRANSCRIPT_GUESTS) {
    const wanted = guest.transcripts.filter(({ name }) => isWanted(name)).map(({ name }) => name)
    if (wanted.length === 0) continue
    tell(`irqlab run ${guest.words.join(' ')} --keep: ${wanted.join(', ')}`)
    const troubles = await withKeptGuest([...guest.words, ...words], signal, (kept) =>
      takeFrom(kept, guest, isWanted, ({ name, kept: text }) =>
        writeFileSync(join(KEPT, `${name}.txt`), formatTranscript(text)),
      ),
    )
    for (const trouble of troubles) tell(trouble)
    if (troubles.length > 0) code = 2
  }
  return code
}
