/** What did a program answer, status and all? For questions where "no" is an answer too; `run` of shell.ts is for the rest. */
import { Deadline } from '../base/deadline.ts'
import { spawnProcess, withSbin } from './processes.ts'
import type { Argv } from './processes.ts'

/** What a program said and how it ended. `status` is null when a signal ended it. */
export interface Answer {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Settings of one exchange: where trouble belongs, text for stdin, and the limit from start to end. */
export interface ExchangeOptions {
  readonly stage: string
  readonly limitMs: number
  readonly input?: string
  readonly cwd?: string
}

/**
 * Runs the program with the input on its stdin and gives its answer, whatever the status.
 * Throws `Trouble` when it cannot be started or takes too long; it is killed then.
 */
export async function exchange(argv: Argv, options: ExchangeOptions): Promise<Answer> {
  const deadline = new Deadline(options.stage, `\`${argv.join(' ')}\``, options.limitMs)
  const child = await spawnProcess(argv, {
    stdio: ['pipe', 'pipe', 'pipe'],
    stage: options.stage,
    // Messages are read by us and quoted to the user: one language.
    env: { ...withSbin(process.env), LC_ALL: 'C' },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  child.stdin.end(options.input ?? '')
  try {
    const all = Promise.all([textOf(child.stdout), textOf(child.stderr), child.exited])
    const [stdout, stderr, exit] = await deadline.race(all)
    return { status: exit.code, stdout, stderr }
  } finally {
    child.kill('SIGKILL')
  }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) text += String(chunk)
  return text
}
