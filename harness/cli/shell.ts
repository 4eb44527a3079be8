/** `irqlab shell RUN`: enters the guest of a kept run, or the namespaces around it. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../base/errors.ts'
import { spawnProcess } from '../host/processes.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'

const keptSchema = z.object({
  enter: z.tuple([z.string()], z.string()),
  clientKey: z.string(),
  hostKey: z.string(),
})

/** Gives the exit status of the shell or command. Throws `UsageError` when there is no such kept run. */
export async function shellCommand(
  name: string,
  command: readonly string[],
  options: { readonly host?: boolean },
): Promise<number> {
  const kept = findKept(name)
  const inside = options.host === true ? hostShell(command) : guestShell(command)
  const child = await spawnProcess([...kept.enter, ...inside], {
    stdio: ['inherit', 'inherit', 'inherit'],
    env: { ...process.env, IRQLAB_CLIENT_KEY: kept.clientKey, IRQLAB_HOST_KEY: kept.hostKey },
    stage: 'shell',
  })
  const exit = await child.exited
  return exit.code ?? 1
}

function hostShell(command: readonly string[]): readonly string[] {
  return command.length > 0 ? command : [process.env['SHELL'] ?? '/bin/sh']
}

function guestShell(command: readonly string[]): readonly string[] {
  return [process.execPath, resolve(import.meta.dirname, '../main.ts'), 'guest-shell', ...command]
}

function findKept(name: string): z.output<typeof keptSchema> {
  for (const dir of [join(DEFAULT_RESULTS, name), resolve(name)]) {
    try {
      return keptSchema.parse(JSON.parse(readFileSync(join(dir, 'attempt-1.partial', 'kept.json'), 'utf8')))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
    }
  }
  throw new UsageError(
    `no kept run ${JSON.stringify(name)}: give the name that \`irqlab run --keep\` printed, while it waits`,
  )
}
