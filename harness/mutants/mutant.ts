/** What is a mutant? A patch that breaks the kernel on purpose, and a head that says what, why and which law should notice. */
import { UsageError } from '../base/errors.ts'
import { LAW_NAMES, type LawName } from '../irq/laws/law-names.ts'

/** One mutant, as its patch file tells it. */
export interface Mutant {
  /** The file's name without `.patch`. */
  readonly name: string
  /** What is broken, in plain words: `genirq: the pending move is never made`. */
  readonly subject: string
  /** The class of real bugs that it stands for. */
  readonly class: string
  /** The laws that should betray it; none of an equivalent. */
  readonly betrayedBy: readonly LawName[]
  /** Why no user of the kernel could ever tell the difference; absent for all others. */
  readonly proof?: string
  /** Files of the kernel that it changes, by their paths in the tree. */
  readonly files: readonly string[]
  /** The whole patch. */
  readonly text: string
}

const FIELDS = ['Subject', 'Class', 'Betrayed-by', 'Equivalent']
const isLaw = (text: string): text is LawName => LAW_NAMES.some((name) => name === text)

/** Reads a patch with its head. Throws `UsageError` that names the file and what is wrong with it. */
export function parseMutant(name: string, text: string): Mutant {
  const fail = (what: string) => new UsageError(`harness/mutants/${name}.patch: ${what}`)
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) throw fail('name it with small letters, digits and dashes')
  if (/^Signed-off-by:/im.test(text)) throw fail('only a person can sign off, and nobody signs off a bug')
  const [head = '', ...rest] = text.split(/^---$/m)
  const diff = rest.join('---')
  const [fieldLines = '', ...paragraphs] = head.trimEnd().split('\n\n')
  const fields = new Map<string, string>()
  for (const line of fieldLines.split('\n')) {
    const [, field = '', value = ''] = /^([A-Z][A-Za-z-]*): (.+)$/.exec(line) ?? []
    if (!FIELDS.includes(field))
      throw fail(`the head has ${JSON.stringify(line)}: known are ${FIELDS.join(', ')}`)
    if (fields.has(field)) throw fail(`the head has ${field} twice`)
    fields.set(field, value)
  }
  const field = (wanted: string): string => {
    const value = fields.get(wanted)
    if (value === undefined) throw fail(`the head has no ${wanted}`)
    return value
  }
  const proof = proofIn(paragraphs)
  const files = [...diff.matchAll(/^\+\+\+ b\/(\S+)$/gm)].map(([, file = '']) => file)
  if (files.length === 0) throw fail('there is no diff below the line ---')
  if (paragraphs.length === 0) throw fail('the head does not say in plain words what is broken')
  if (fields.has('Equivalent') && proof === undefined)
    throw fail('an equivalent needs a paragraph that begins Proof:')
  if (!fields.has('Equivalent') && proof !== undefined)
    throw fail('a mutant with a proof says Equivalent: yes')
  const laws = fields.has('Equivalent') ? [] : field('Betrayed-by').split(', ')
  const unknown = laws.find((law) => !isLaw(law))
  if (unknown !== undefined) throw fail(`there is no law ${JSON.stringify(unknown)}: ${LAW_NAMES.join(', ')}`)
  return {
    name,
    subject: field('Subject'),
    class: field('Class'),
    betrayedBy: laws.filter(isLaw),
    ...(proof === undefined ? {} : { proof }),
    files,
    text,
  }
}

function proofIn(paragraphs: readonly string[]): string | undefined {
  const from = paragraphs.findIndex((paragraph) => paragraph.startsWith('Proof: '))
  if (from === -1) return undefined
  return paragraphs.slice(from).join('\n\n').slice('Proof: '.length)
}
