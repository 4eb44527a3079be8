/** What it takes to start Node with one program and see it end: wall time, and peak memory as the process itself reads it. */
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Trouble } from '../base/errors.ts'
import { spawnProcess } from '../host/processes.ts'
import { mbOfKib } from './process-facts.ts'

const HOOK = fileURLToPath(import.meta.resolve('./tell-peak-memory.cjs'))

/** Milliseconds from the start of the process to its end. Throws `Trouble` when it fails. */
export async function startMs(node: string, args: readonly string[]): Promise<number> {
  const started = performance.now()
  const child = await spawnProcess([node, ...args], {
    stdio: ['ignore', 'ignore', 'ignore'],
    stage: 'bench.start',
  })
  const { code } = await child.exited
  const tookMs = performance.now() - started
  if (code !== 0) throw new Trouble('bench.start', `\`node ${args.join(' ')}\` ended with ${code}`)
  return tookMs
}

/** Peak resident memory in MB. The hook that tells it is loaded into whatever is measured, so it falls out of ratios. */
export async function startMb(node: string, args: readonly string[]): Promise<number> {
  const child = await spawnProcess([node, '--require', HOOK, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    stage: 'bench.start',
  })
  const said = await text(child.stream(3))
  const peakKib = Number(said)
  if (said === '' || !Number.isInteger(peakKib))
    throw new Trouble('bench.start', `\`node ${args.join(' ')}\` told no peak memory: "${said}"`)
  return mbOfKib(peakKib)
}
