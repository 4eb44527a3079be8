/** `irqlab shell RUN`: enters the guest of a kept run, or the namespaces around it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { Trouble, UsageError } from '../base/errors.ts'
import { FLAVOURS } from '../image/guest-image.ts'
import { spawnProcess } from '../host/processes.ts'
import { errnoOf } from '../host/errno.ts'
import { DEFAULT_RESULTS, KEPT_FILE } from '../record/results-dir.ts'

const keptSchema = z.object({
  enter: z.tuple([z.string()], z.string()),
  flavour: z.enum(FLAVOURS),
  login: z.looseObject({}),
})

/** Nothing that we start outlives us, on either side of nsenter(1), which forks into the namespaces. */
const WITH_US = ['setpriv', '--pdeathsig', 'KILL', '--'] as const

/** Gives the exit status of the shell or command. Throws `UsageError` when there is no such kept run. */
export async function shellCommand(
  name: string,
  words: readonly string[],
  options: { readonly host?: boolean },
): Promise<number> {
  // `irqlab shell RUN --host` is as good as `irqlab shell --host RUN`.
  const flagBehind = words[0] === '--host'
  const command = flagBehind ? words.slice(1) : words
  const kept = findKept(name)
  const inside = options.host === true || flagBehind ? hostShell(command) : guestShell(command)
  const child = await spawnProcess([...WITH_US, ...kept.enter, ...WITH_US, ...inside], {
    stdio: ['inherit', 'inherit', 'inherit'],
    env: {
      ...process.env,
      IRQLAB_GUEST_LOGIN: JSON.stringify({ flavour: kept.flavour, login: kept.login }),
    },
    stage: 'shell',
  })
  const exit = await child.exited
  if (exit.code !== null) return exit.code
  throw new Trouble('shell', `the shell was ended by ${exit.signal ?? 'a signal'}`)
}

function hostShell(command: readonly string[]): readonly string[] {
  return command.length > 0 ? command : [process.env['SHELL'] ?? '/bin/sh']
}

function guestShell(command: readonly string[]): readonly string[] {
  return [process.execPath, resolve(import.meta.dirname, '../main.ts'), 'guest-shell', ...command]
}

function findKept(name: string): z.output<typeof keptSchema> {
  for (const dir of name === '' ? [] : [join(DEFAULT_RESULTS, name), resolve(name)]) {
    try {
      // Of the attempts only the last one is kept.
      const attempt = readdirSync(dir).find((entry) => /^attempt-\d+\.partial$/.test(entry)) ?? ''
      return keptSchema.parse(JSON.parse(readFileSync(join(dir, attempt, KEPT_FILE), 'utf8')))
    } catch (error) {
      if (errnoOf(error) === undefined) throw error
    }
  }
  throw new UsageError(
    `no kept run ${JSON.stringify(name)}: give the name that \`irqlab run --keep\` printed, while it waits`,
  )
}
