/** How does irqlab end after something was thrown? A few lines for a person, and the exit code (README, "Outcomes and exit codes"). */
import { Interrupted, KernelFault, messageOf, NotApplicable, Trouble, UsageError } from '../base/errors.ts'
import { EXIT } from '../base/exit-codes.ts'

/** The signals that end irqlab in order, with their numbers (signal(7)). */
export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/** What to print on standard error, and the exit code. */
export interface Ending {
  readonly exitCode: number
  /** Empty when everything was said already. */
  readonly text: string
}

/** The ending that belongs to anything thrown. */
export function endingOf(error: unknown): Ending {
  if (error instanceof Interrupted) {
    return {
      exitCode: EXIT.signal + (SIGNAL_NUMBERS[error.signal as keyof typeof SIGNAL_NUMBERS] ?? 2),
      text: '',
    }
  }
  if (error instanceof UsageError)
    return { exitCode: EXIT.usage, text: `irqlab: ${onOneLine(error.message)}\n` }
  const text = `irqlab: ${messageOf(error)}\n`
  if (error instanceof Trouble) {
    return { exitCode: EXIT.broken, text: error.hint === undefined ? text : `${text}irqlab: ${error.hint}\n` }
  }
  if (error instanceof KernelFault) return { exitCode: EXIT.kernel, text }
  if (error instanceof NotApplicable) return { exitCode: EXIT.skipped, text }
  const where = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { exitCode: EXIT.bug, text: `irqlab: this is a bug in irqlab, please report it:\n${where}\n` }
}

/** A name that the user gave may hold anything: it must not write to the terminal what it likes. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
