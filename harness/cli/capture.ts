/** `irqlab capture`: the interrupts of this host or another one, in a tarball; or the script that makes it. */
import { existsSync } from 'node:fs'
import { UsageError } from '../base/errors.ts'
import { readArchive } from '../capture/archive.ts'
import { captureScript } from '../capture/capture-script.ts'
import { takeArchive } from '../capture/take.ts'
import { parseHost } from '../capture/target.ts'
import { captureOf } from '../diagnose/capture.ts'

/** As commander gives them. */
export interface CaptureOptions {
  readonly output?: string
  readonly interval: number
  readonly anonymise?: boolean
  readonly sudo?: boolean
  readonly script?: boolean
}

/** Gives the exit code. Throws `UsageError` for a bad address or a file that is there, `Trouble` when nothing can be taken. */
export async function captureCommand(
  address: string | undefined,
  options: CaptureOptions,
  signal: AbortSignal,
): Promise<number> {
  if (options.script === true) {
    process.stdout.write(captureScript())
    return 0
  }
  const host = parseHost(address)
  const path = options.output ?? `irqlab-capture-${stamp(new Date())}.tar.gz`
  if (existsSync(path))
    throw new UsageError(`--output ${path}: there is such a file already; give another name`)
  await takeArchive(
    host,
    {
      intervalSeconds: options.interval,
      anonymise: options.anonymise === true,
      sudo: options.sudo === true,
      signal,
    },
    path,
  )
  // Read as a stranger's: what was written is a capture, or we say now what is wrong with it.
  const { files, defects } = await readArchive(path)
  const capture = captureOf(files, defects)
  process.stdout.write(`${path}: ${capture.files.size} files\n`)
  for (const line of capture.unread) process.stdout.write(`  not read: ${line}\n`)
  for (const line of capture.defects) process.stdout.write(`  damaged: ${line}\n`)
  process.stdout.write(`  irqlab diagnose ${path}\n`)
  return capture.defects.length === 0 ? 0 : 2
}

function stamp(now: Date): string {
  return now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
}
