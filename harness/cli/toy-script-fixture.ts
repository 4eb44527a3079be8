/** A program as `npm run mutants` is one: it ends in the way that its only argument names. */
import { pause } from '../base/poll.ts'
import { Interrupted, Trouble, UsageError } from '../base/errors.ts'
import { runScript, tell } from './run-script.ts'

const WAYS: Readonly<Record<string, (signal: AbortSignal) => number | Promise<number>>> = {
  three: () => 3,
  trouble: () => {
    throw new Trouble('toy', 'no disk', { hint: 'buy one', console: ['it burns'] })
  },
  unforeseen: () => {
    throw new TypeError('upside down')
  },
  wait: async (signal) => {
    // An interval of ours, or node would see nothing to wait for.
    while (!signal.aborted) {
      tell('waiting')
      await pause(20)
    }
    throw signal.reason instanceof Interrupted ? signal.reason : new Interrupted('SIGINT')
  },
}

await runScript({
  name: 'toy',
  usage: 'usage: toy WAY\n',
  options: ([way = '']) => {
    if (way !== '--help' && WAYS[way] === undefined)
      throw new UsageError(`unknown way ${JSON.stringify(way)}`)
    return { help: way === '--help', way }
  },
  main: async ({ way }, signal) => (await WAYS[way]?.(signal)) ?? 0,
})
