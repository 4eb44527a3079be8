/** Which files are in a bundle, by their path in it? All that another machine needs to see what this one saw. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { recordedMachine } from '../guest/machine.ts'
import { type Act, parseActs } from '../irq/act-log.ts'
import { KEPT_FILE } from '../record/results-dir.ts'
import type { GuestRecord, RunRecord } from '../record/run-record.ts'
import type { BundleFacts } from './bundle-facts.ts'
import { imagesOf, type RunImages, sha256 } from './images.ts'
import { type ReadmeFacts, readmeText } from './readme-text.ts'
import type { RunFound } from './run-found.ts'
import { settingsText } from './settings.ts'
import { shellActs } from './shell-acts.ts'

/** A file of a bundle. */
export interface BundleFile {
  /** Below the bundle's own directory. */
  readonly path: string
  readonly content: Buffer
  readonly executable?: true
}

/** The bundle of a run. */
export interface Bundle {
  readonly files: readonly BundleFile[]
  readonly facts: BundleFacts
  /** Why no images are in it; absent: they are. */
  readonly imagesMissing?: string
}

/** What is asked of the acts, where that is not what the run violated. */
export interface BundleQuestion {
  /** Those of the acts that matter. */
  readonly acts: (acts: readonly Act[]) => readonly Act[]
  /** Lines of judge.sh. */
  readonly judge: readonly string[]
  /** What is looked for, in one sentence. */
  readonly symptom: string
  /** The text of README.txt. */
  readonly readme: (facts: Pick<ReadmeFacts, 'whyNot' | 'imagesMissing'>) => string
}

const templates = join(import.meta.dirname, 'templates')

/** Puts the bundle together. Throws `UsageError` for a machine that cannot be read, `Trouble` for images that cannot. */
export function bundleFiles(
  found: RunFound,
  { withImages, asked }: { readonly withImages: boolean; readonly asked?: BundleQuestion },
): Bundle {
  const { dir, record } = found
  const machine = recordedMachine(record.machine)
  const recorded = actsIn(dir)
  const acts =
    asked === undefined || recorded === undefined
      ? shellActs(record, machine, recorded)
      : // Its own acts alone: where the irqs were before them, the first writes tell.
        shellActs(
          { ...record, guest: { ...record.guest, start: 'warm' } },
          machine,
          asked.acts(recorded),
          asked,
        )
  const whyNot = 'whyNot' in acts ? acts.whyNot : undefined
  const images = withImages ? imagesOf(record) : { missing: 'it was made with --without-images' }
  const imagesMissing = 'missing' in images ? images.missing : undefined
  const facts = factsOf(record, 'missing' in images ? undefined : images, whyNot)
  const fired = 'whyNot' in acts ? { queues: [], device: undefined } : acts
  const { queuePairs } = machine.nic
  const readme =
    asked === undefined
      ? readmeText(record, { whyNot, imagesMissing, queuePairs })
      : asked.readme({ whyNot, imagesMissing })
  const text = (path: string, content: string): BundleFile => ({ path, content: Buffer.from(content) })
  return {
    facts,
    ...(imagesMissing === undefined ? {} : { imagesMissing }),
    files: [
      text('README.txt', readme),
      text('bundle.json', `${JSON.stringify(facts, null, 2)}\n`),
      text('settings.sh', settingsText(record, machine, fired, { whyNot, symptom: asked?.symptom })),
      { path: 'replay.sh', content: template('replay.sh'), executable: true },
      { path: 'guest/guest.sh', content: template('guest.sh') },
      { path: 'guest/more.sh', content: template('more.sh') },
      ...('whyNot' in acts ? [] : Object.entries(acts.files)).map(([name, content]) =>
        text(`guest/${name}`, content),
      ),
      ...('missing' in images ? [] : imageFiles(images)),
      ...evidenceIn(dir),
    ],
  }
}

function actsIn(dir: string): readonly Act[] | undefined {
  try {
    return parseActs(readFileSync(join(dir, 'acts.jsonl'), 'utf8'))
  } catch {
    return undefined
  }
}

function template(name: string): Buffer {
  return readFileSync(join(templates, name))
}

const IMAGE_FILES = { bzImage: 'bzImage', guest: 'guest.cpio', modules: 'modules.cpio' } as const

function imageFiles(images: RunImages): readonly BundleFile[] {
  const files = Object.entries(IMAGE_FILES).map(([name, file]) => ({
    path: `images/${file}`,
    content: images[name as keyof RunImages],
  }))
  const sums = files.map(({ path, content }) => `${sha256(content)}  ${path}\n`).join('')
  return [...files, { path: 'images/SHA256SUMS', content: Buffer.from(sums) }]
}

function factsOf(
  record: GuestRecord,
  images: RunImages | undefined,
  whyNoShell: string | undefined,
): BundleFacts {
  const image = (name: keyof RunImages, content: Buffer) => ({
    file: `images/${IMAGE_FILES[name]}`,
    sha256: sha256(content),
    bytes: content.length,
  })
  return {
    schema: 'irqlab.bundle/1',
    run: record.run,
    ...(images === undefined
      ? {}
      : {
          images: {
            bzImage: image('bzImage', images.bzImage),
            guest: image('guest', images.guest),
            modules: image('modules', images.modules),
          },
        }),
    ...(whyNoShell === undefined ? {} : { whyNoShell }),
    guestSha256: record.guest.sha256,
    kernelSha256: record.kernel.sha256,
  }
}

/** What the run left, but for the way into a guest that is kept. Links are left where they are. */
function evidenceIn(dir: string): readonly BundleFile[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== KEPT_FILE)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: `evidence/${relative(dir, file)}`, content: readFileSync(file) }))
}

/** A directory name for it that says which run it is: nothing but letters, digits, dots and dashes. */
export function bundleName({ run, scenario, machine, kernel }: RunRecord): string {
  const words = [scenario, kernel.release, machine.name, run.split('/')[0]?.slice(0, 16) ?? '']
  const name = words.join('-').replaceAll(/[^\w.-]+/g, '-')
  return `irqlab-${name.replaceAll(/\.{2,}/g, '.').slice(0, 150)}`
}
