/** `irqlab diagnose`: what is going on with the interrupts of a machine, and what is off. */
import { UsageError } from '../base/errors.ts'
import { readCapture } from '../capture/read.ts'
import type { TakeOptions } from '../capture/take.ts'
import { parseTarget, type Target } from '../capture/target.ts'
import { diagnose } from '../diagnose/diagnose.ts'
import { FINDINGS } from '../diagnose/finding.ts'
import { observe } from '../diagnose/observe.ts'
import { paletteFor } from '../report/colour.ts'
import { diagnosisJson } from '../report/diagnosis-json.ts'
import { diagnosisLines } from '../report/diagnosis-lines.ts'

/** As commander gives them. */
export interface DiagnoseOptions {
  readonly interval: number
  readonly all?: boolean
  readonly watch?: boolean
  readonly json?: boolean
  readonly sudo?: boolean
}

/** Prints the diagnosis; 1 when the kernel broke a law, else 0. Throws `UsageError` for a bad target, `Trouble` when it cannot be read. */
export async function diagnoseCommand(
  text: string | undefined,
  options: DiagnoseOptions,
  signal: AbortSignal,
): Promise<number> {
  const target = parseTarget(text)
  const taking: TakeOptions = {
    intervalSeconds: options.interval,
    anonymise: false,
    sudo: options.sudo === true,
    signal,
  }
  if (options.watch === true) return watch(target, options, taking)
  const diagnosis = diagnose(observe(await readCapture(target, taking)))
  const what = nameOf(target)
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(diagnosisJson(diagnosis, what))}\n`)
  } else {
    const width = process.stdout.isTTY ? process.stdout.columns : undefined
    const lines = diagnosisLines(diagnosis, paletteFor(process.stdout), {
      width,
      all: options.all === true,
      what,
    })
    process.stdout.write(`${lines.join('\n')}\n`)
  }
  return diagnosis.findings.some(({ name }) => FINDINGS[name] === 'bug') ? 1 : 0
}

async function watch(target: Target, options: DiagnoseOptions, taking: TakeOptions): Promise<number> {
  if (target.kind !== 'here' && target.kind !== 'ssh')
    throw new UsageError('--watch is for a machine that runs: a capture does not change any more')
  if (options.json === true) throw new UsageError('--watch and --json do not go together')
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new UsageError('--watch needs a terminal; elsewhere call `irqlab diagnose` again and again')
  const { watchHost } = await import('./watch.ts')
  return watchHost(target, nameOf(target), taking)
}

function nameOf(target: Target): string {
  switch (target.kind) {
    case 'here':
      return 'this host'
    case 'ssh':
      return target.destination
    case 'archive':
    case 'folder':
    case 'tree':
      return target.path
  }
}
