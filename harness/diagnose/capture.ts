/** What is a capture? Its manifest, the files that it has and those that it has not, and what is wrong with it. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { messageOf, Trouble } from '../base/errors.ts'
import { firstIssue } from '../base/first-issue.ts'
import { plainLines } from './file-lines.ts'

/** The version of the files' layout. Its writer is harness/capture/capture.sh. */
const CAPTURE_SCHEMA = 'irqlab.capture/1'

const manifestSchema = z.looseObject({
  schema: z.literal(CAPTURE_SCHEMA),
  /** When the first sample began. */
  takenAt: z.iso.datetime(),
  /** As it was asked for; the clocks of the samples tell how long it was. */
  intervalSeconds: z.int().min(0).max(60),
  asRoot: z.boolean(),
  anonymised: z.boolean(),
})

/** What the collecting script says of its work. */
export type CaptureManifest = z.output<typeof manifestSchema>

/** Files by path, as an archive, a folder or a stream had them. */
export type Files = ReadonlyMap<string, Buffer>

/** What a capture was made from: by our script, from a sosreport, from loose files. */
export type CaptureSource = 'script' | 'sosreport' | 'files'

/** Two samples of a machine's interrupts, and what is around them. A file that is absent was not there or could not be read. */
export interface Capture {
  readonly manifest: CaptureManifest
  readonly source: CaptureSource
  /** By their path within the capture: `host.txt`, `first/masks.txt`. Who has read a large one may let go of it. */
  readonly files: Map<string, Buffer>
  /** What is wrong with it, in sentences. */
  readonly defects: readonly string[]
  /** What the script could not read, in its words. */
  readonly unread: readonly string[]
}

const MANIFEST = 'manifest.json'
const SUMS = 'SHA256SUMS'

/** Some file of these says that it is a capture of ours. */
export function hasManifest(found: Files): boolean {
  return [...found.keys()].some((path) => /^(?:[^/]+\/)?manifest\.json$/.test(path))
}

/** Makes a capture of files; `defects` are those of what they came in. One that is made of a report has no checksums. Throws `Trouble` when they are no capture that we know. */
export function captureOf(
  found: Files,
  defects: readonly string[] = [],
  source: CaptureSource = 'script',
): Capture {
  const manifestPath = [...found.keys()]
    .filter((path) => path === MANIFEST || path.endsWith(`/${MANIFEST}`))
    .toSorted((a, b) => a.length - b.length)[0]
  if (manifestPath === undefined) {
    const why = defects.length === 0 ? '' : `: ${defects.join('; ')}`
    throw new Trouble('capture.manifest', `there is no ${MANIFEST}, so this is no capture of irqlab${why}`, {
      hint: 'no sosreport is in it either, and no /proc/interrupts; `irqlab capture` makes a capture, `irqlab capture --script` prints what makes one elsewhere',
      lasting: true,
    })
  }
  const base = manifestPath.slice(0, -MANIFEST.length)
  const files = new Map(
    [...found]
      .filter(([path]) => path.startsWith(base))
      .map(([path, text]) => [path.slice(base.length), text]),
  )
  const manifest = manifestOf(files.get(MANIFEST) ?? Buffer.alloc(0))
  const unread = plainLines(files.get('unread.txt'))
  const sums = source === 'script' ? sumDefects(files) : []
  return { manifest, source, files, defects: [...defects, ...sums], unread }
}

function manifestOf(text: Buffer): CaptureManifest {
  let json: unknown
  try {
    json = JSON.parse(text.toString('utf8'))
  } catch (error) {
    throw new Trouble('capture.manifest', `${MANIFEST} is no JSON: ${messageOf(error)}`, { lasting: true })
  }
  const parsed = manifestSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new Trouble('capture.manifest', firstIssue(parsed.error, MANIFEST, json), {
    hint: `this irqlab reads ${CAPTURE_SCHEMA}`,
    lasting: true,
  })
}

/** Files that are not what they were when the capture was made, or that are gone. */
function sumDefects(files: Files): readonly string[] {
  const sums = files.get(SUMS)
  if (sums === undefined)
    return [`there are no checksums (${SUMS}): nobody knows whether the files are whole`]
  return plainLines(sums).flatMap((line) => {
    const [, sum, path] = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/.exec(line) ?? []
    if (sum === undefined || path === undefined) return [`${SUMS} has a line that is no checksum`]
    const content = files.get(path)
    if (content === undefined) return [`${path} is missing`]
    const found = createHash('sha256').update(content).digest('hex')
    return found === sum ? [] : [`${path} is not what it was when the capture was made: its checksum differs`]
  })
}
