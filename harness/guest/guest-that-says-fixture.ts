/** A guest for tests that answers each script in turn, and what it was given. */
import { Limits } from '../base/limits.ts'
import { GuestCommands } from './commands.ts'

/** A guest and its scripts. */
export interface SayingGuest {
  readonly scripts: readonly string[]
  readonly commands: GuestCommands
}

/** Answers by the first pattern that is in the script; the last answer of a pattern is given again and again. */
export function guestThatSays(answers: readonly (readonly [RegExp, ...string[]])[]): SayingGuest {
  const scripts: string[] = []
  const left = answers.map(([pattern, ...texts]) => ({ pattern, texts }))
  const run = (script: string) => {
    scripts.push(script)
    const found = left.find(({ pattern }) => pattern.test(script))
    const output =
      (found !== undefined && found.texts.length > 1 ? found.texts.shift() : found?.texts[0]) ?? ''
    return Promise.resolve({ status: 0, output })
  }
  const commands = new GuestCommands({ run }, new Limits(0.05), (error) => Promise.resolve(error))
  return { scripts, commands }
}
