/** irqlab's `try` and `bisect` with the toy builder and the toy scenario, as a process of its own that a test can kill. */
import { Command } from 'commander'
import { Interrupted } from '../base/errors.ts'
import { addBisectOptions, type BisectOptions } from './bisect-options.ts'
import { bisectCommand } from './bisect.ts'
import { endingOf } from './ending.ts'
import { toyBuilder, toyScenario } from './toy-builder-fixture.ts'
import { addTryOptions, type TryOptions } from './try-options.ts'
import { tryCommand } from './try.ts'

/** The words that start it; the arguments of irqlab follow. */
export function toyIrqlab(): readonly [string, ...string[]] {
  const text = `import { runToyIrqlab } from ${JSON.stringify(import.meta.filename)}
process.exit(await runToyIrqlab(process.argv.slice(1)))`
  return [process.execPath, '--input-type=module', '-e', text, '--']
}

/**
 * What that process does. Gives its exit code.
 * @public It is called by the text above, which knip does not read.
 */
export async function runToyIrqlab(args: readonly string[]): Promise<number> {
  const stop = new AbortController()
  process.on('SIGINT', () => stop.abort(new Interrupted('SIGINT')))
  const terminal = { signal: stop.signal, args, startedAtMs: Date.now() }
  const program = new Command('irqlab')
  let code = 70
  addBisectOptions(program.command('bisect')).action(async (options: BisectOptions) => {
    code = await bisectCommand(options, terminal, toyBuilder, toyScenario)
  })
  addTryOptions(program.command('try')).action(async (options: TryOptions) => {
    code = await tryCommand([], options, terminal, toyBuilder, toyScenario)
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    const ending = endingOf(error)
    process.stderr.write(ending.text)
    code = ending.exitCode
  }
  return code
}
