/** The reproducer: one folder that shows the symptom with nothing but QEMU and a kernel, and says where it comes from. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, Trouble } from '../base/errors.ts'
import { type BundleFile, bundleFiles } from '../bundle/bundle-files.ts'
import { quoted } from '../bundle/quote.ts'
import type { RunFound } from '../bundle/run-found.ts'
import type { Observed } from '../diagnose/observed.ts'
import { type Act, parseActs } from '../irq/act-log.ts'
import { parseTrace } from '../irq/trace.ts'
import { anonymiser } from './anonymiser.ts'
import { captureLines } from './capture-lines.ts'
import { folderReadme } from './folder-readme.ts'
import { type Reproduction, symptomSentence } from './reproduction.ts'
import type { Shown } from './shown.ts'
import { likenessLines, soughtLines } from './words.ts'

/** What it is made of. */
export interface FolderParts {
  readonly found: RunFound
  readonly seen: Observed
  readonly reproduction: Reproduction
  /** What of the guest it is about: `input.0`, `virtio-serial`. */
  readonly names: readonly string[]
  readonly shown: Shown
  /** As it was run. */
  readonly scenario: string
  readonly withImages: boolean
  readonly cured: string | undefined
}

/** A folder, and what it lacks. */
export interface Folder {
  readonly files: readonly BundleFile[]
  /** Why its script cannot show the symptom; absent: it can. */
  readonly whyNot: string | undefined
  readonly imagesMissing: string | undefined
}

/** Puts it together. Throws `Trouble` for images that cannot be read. */
export function reproducerFolder(parts: FolderParts): Folder {
  const { found, seen, reproduction, names, shown, scenario, withImages, cured } = parts
  const stack = stackOf(found, names)
  const anonymous = anonymiser(seen)
  let said: { readonly whyNot: string | undefined; readonly imagesMissing: string | undefined } = {
    whyNot: undefined,
    imagesMissing: undefined,
  }
  const bundle = bundleFiles(found, {
    withImages,
    asked: {
      acts: (acts) => actsOf(acts, names),
      judge: judgeLines(parts, actsIn(found.dir)),
      symptom: anonymous(symptomSentence(reproduction)),
      readme: (missing) => {
        said = missing
        return anonymous(
          folderReadme(reproduction, { record: found.record, shown, stack, cured, ...missing }),
        )
      },
    },
  })
  const text = (path: string, content: string): BundleFile => ({ path, content: Buffer.from(content) })
  return {
    ...said,
    files: [
      ...bundle.files,
      text('capture.txt', captureLines(seen, reproduction)),
      text(
        'likeness.txt',
        anonymous(`${[...soughtLines(reproduction), '', ...likenessLines(reproduction)].join('\n')}\n`),
      ),
      text('scenario.ts', anonymous(scenario)),
    ],
  }
}

/** Writes it. Throws `Trouble`, also when something is there already. */
export function writeFolder(dir: string, { files }: Pick<Folder, 'files'>): void {
  if (existsSync(dir)) throw new Trouble('reproduce.folder', `${dir} is there already`, { lasting: true })
  try {
    for (const { path, content, executable } of files) {
      const file = join(dir, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      chmodSync(file, executable ? 0o755 : 0o644)
    }
  } catch (error) {
    throw new Trouble('reproduce.folder', `${dir} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

/** The scenario's own acts on the irqs that matter: a neighbour only proves that the guest was alive. */
export function actsOf(acts: readonly Act[], names: readonly string[]): readonly Act[] {
  const began = acts.findIndex(({ act }) => act === 'body')
  const ended = acts.findIndex((act) => act.act === 'mark' && act.verb === 'body-end')
  const body = acts.slice(began + 1, ended < 0 ? undefined : ended)
  const ids = new Set(
    body.flatMap((act) => (act.act === 'write' && names.includes(act.queue) ? [act.id] : [])),
  )
  return body.flatMap((act): readonly Act[] => {
    switch (act.act) {
      case 'write':
      case 'written':
        return ids.has(act.id) ? [act] : []
      case 'hold':
      case 'held': {
        const kept = act.ids.filter((id) => ids.has(id))
        return kept.length === 0 ? [] : [{ ...act, ids: kept }]
      }
      case 'probe': {
        const targets = act.targets.filter(({ queue }) => names.includes(queue))
        return targets.length === 0 ? [] : [{ ...act, targets }]
      }
      case 'adopt':
      case 'flood':
      case 'shell':
      case 'body':
      case 'capture':
      case 'captured':
      case 'mark':
        return [act]
      default:
        return act satisfies never
    }
  })
}

function judgeLines({ found, reproduction, names }: FolderParts, acts: readonly Act[]): readonly string[] {
  const { sought, symptom, asked, likeness } = reproduction
  const cpus = (at: number) => {
    if (symptom === 'affinity-broken') return ` ${quoted(asked[at]?.mask.toList() ?? '')}`
    return symptom.startsWith('isolated-') ? ` ${quoted(likeness.machine.isolatedCpus ?? '')}` : ''
  }
  const findings =
    sought.findings.length === 0 || !acts.some(({ act }) => act === 'capture')
      ? []
      : names.map((name, at) => `symptom ${quoted(symptom)} ${quoted(name)}${cpus(at)}`)
  const laws = sought.violated.flatMap((law) =>
    names.flatMap((name) => {
      const moves = found.record.verdicts.filter(
        (one) => one.law === law && one.queue === name && one.state === 'violated' && one.move > 0,
      )
      return `judge ${quoted(law)} ${quoted(name)} ${moves.at(-1)?.move ?? 0}`
    }),
  )
  // What diagnose sees is the symptom; the laws are how a bug is told that leaves no trace in a capture.
  return findings.length > 0 ? findings : laws
}

function actsIn(dir: string): readonly Act[] {
  try {
    return parseActs(readFileSync(join(dir, 'acts.jsonl'), 'utf8'))
  } catch {
    // A run that broke early has none; the script says so.
    return []
  }
}

function stackOf({ dir }: RunFound, names: readonly string[]): readonly string[] {
  try {
    const acts = readFileSync(join(dir, 'acts.jsonl'), 'utf8')
    const irqs = new Set(
      [...acts.matchAll(/"act":"write".*?"irq":(\d+),"queue":"([^"]+)"/g)].flatMap(
        ([, irq = '', queue = '']) => (names.includes(queue) ? [irq] : []),
      ),
    )
    const { events } = parseTrace(readFileSync(join(dir, 'trace.txt'), 'utf8'))
    const moves = events.filter(
      ({ name, fields, stack }) =>
        name === 'vector_config' && irqs.has(fields['irq'] ?? '') && stack !== undefined,
    )
    const stack = moves.findLast(({ fields }) => fields['vector'] !== '239')?.stack ?? []
    // What the CPU did before the interrupt came is by chance.
    const entry = stack.findIndex((name) => name.startsWith('asm_'))
    return stack
      .slice(0, entry < 0 ? undefined : entry + 1)
      .filter((name) => !name.startsWith('trace_event_'))
  } catch {
    // A run that broke early has no trace: the folder tells the rest.
    return []
  }
}
