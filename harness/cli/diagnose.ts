/** `irqlab diagnose`: what is going on with the interrupts of a machine, and what is off. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { messageOf, Trouble, UsageError } from '../base/errors.ts'
import { keepHeapSmall } from '../base/small-heap.ts'
import { readCapture } from '../capture/read.ts'
import type { TakeOptions } from '../capture/take.ts'
import { parseTarget, type Target } from '../capture/target.ts'
import { type Diagnosis, diagnose } from '../diagnose/diagnose.ts'
import { aboutIrq } from '../diagnose/about-irq.ts'
import { FINDINGS, type Weight } from '../diagnose/finding.ts'
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
  /** The page to write. */
  readonly html?: string
  /** The only one to tell of. */
  readonly irq?: number
  readonly sudo?: boolean
}

/** Prints the diagnosis; 1 when the kernel broke a law, else 0. Throws `UsageError` for a bad target, `Trouble` when it cannot be read. */
export async function diagnoseCommand(
  text: string | undefined,
  options: DiagnoseOptions,
  signal: AbortSignal,
): Promise<number> {
  keepHeapSmall()
  const target = parseTarget(text)
  const taking: TakeOptions = {
    intervalSeconds: options.interval,
    anonymise: false,
    sudo: options.sudo === true,
    signal,
  }
  if (options.watch === true) return watch(target, options, taking)
  const page = options.html === undefined ? undefined : pageFile(options.html)
  const diagnosis = asked(diagnose(observe(await readCapture(target, taking))), options.irq)
  const what = nameOf(target)
  // The page travels: it names the file, not where on this machine it lies.
  if (page !== undefined) await writePage(diagnosis, target.kind === 'archive' ? basename(what) : what, page)
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(diagnosisJson(diagnosis, what))}\n`)
  } else if (page !== undefined) {
    process.stdout.write(`${countsInWords(diagnosis)}: ${page}\n`)
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

/** With `--irq` that one alone. */
function asked(diagnosis: Diagnosis, irq: number | undefined): Diagnosis {
  if (irq === undefined) return diagnosis
  const one = aboutIrq(diagnosis, irq)
  if (one !== undefined) return one
  const last = diagnosis.irqs.at(-1)?.number
  throw new UsageError(
    `--irq ${irq}: there is no such irq; ${last === undefined ? 'none could be read' : `the highest is ${last}, and --all lists them`}`,
  )
}

/** Before anything is asked of a machine. */
function pageFile(html: string): string {
  const file = resolve(html)
  if (!existsSync(dirname(file)))
    throw new UsageError(`--html ${html}: there is no directory ${dirname(file)}`)
  return file
}

/** Whole or not at all. */
async function writePage(diagnosis: Diagnosis, what: string, file: string): Promise<void> {
  // Loaded only here: nothing else of a diagnosis needs it.
  const { diagnosisPage } = await import('../report/html/diagnosis-page.ts')
  const page = diagnosisPage(diagnosis, what)
  try {
    writeFileSync(`${file}.partial`, page)
    renameSync(`${file}.partial`, file)
  } catch (error) {
    rmSync(`${file}.partial`, { force: true })
    throw new Trouble('diagnose.html', `${file} cannot be written: ${messageOf(error)}`, { lasting: true })
  }
}

function countsInWords({ findings, irqs }: Diagnosis): string {
  const count = (weight: Weight) => findings.filter(({ name }) => FINDINGS[name] === weight).length
  const words = [
    `${count('bug')} ${count('bug') === 1 ? 'bug' : 'bugs'} of the kernel`,
    `${count('off')} off`,
    `${count('note')} ${count('note') === 1 ? 'note' : 'notes'}`,
  ]
  return `${words.join(', ')} on ${irqs.length} irqs`
}

async function watch(target: Target, options: DiagnoseOptions, taking: TakeOptions): Promise<number> {
  if (target.kind !== 'here' && target.kind !== 'ssh')
    throw new UsageError('--watch is for a machine that runs: a capture does not change any more')
  for (const name of ['json', 'html', 'irq'] as const)
    if (options[name] !== undefined) throw new UsageError(`--watch and --${name} do not go together`)
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
