/** The acts as a scenario file that a person can read and change, and `irqlab run` can run. The same facts give the same text. Pure. */
import type { MachineRequest } from '../guest/machine.ts'
import { inComment, type Recipe } from './recipe.ts'

/** What the file says. */
export interface ScenarioFacts {
  readonly name: string
  readonly recipe: Recipe
  readonly machine: MachineRequest
  /** Of what it was made, a sentence a line. */
  readonly origin: readonly string[]
  /** The module of the scenario's door, as the file imports it. */
  readonly door: string
}

/** What a body may use of its context, in the order in which it is taken. */
const CONTEXT = [
  'nic',
  'devices',
  'cpus',
  'vectors',
  'handler',
  'irqbalance',
  'hold',
  'traffic',
  'capture',
  'check',
  'sh',
] as const

const WIDTH = 110

/** The text. */
export function scenarioText({ name, recipe, machine, origin, door }: ScenarioFacts): string {
  const body = recipe.lines.join('\n')
  const uses = CONTEXT.filter((one) => new RegExp(`(?<![\\w.'])${one}\\b(?=[.(\\[])`).test(body))
  const names = body.includes('CpuMask') ? 'CpuMask, scenario' : 'scenario'
  return [
    '/**',
    ...[...origin, ...recipe.says]
      .flatMap((sentence) => wrapped(inComment(sentence)))
      .map((line) => ` * ${line}`),
    ' */',
    `import { ${names} } from ${text(door)}`,
    '',
    'export default scenario({',
    `  name: ${text(name)},`,
    `  question: ${text(recipe.question)},`,
    ...field('machine', machine),
    ...field('needs', recipe.needs),
    '',
    `  async run({ ${uses.join(', ')} }) {`,
    ...recipe.lines.map((line) => (line === '' ? '' : `    ${line}`)),
    '  },',
    '})',
    '',
  ].join('\n')
}

function field(name: string, value: unknown): readonly string[] {
  const flat = `  ${name}: ${code(value)},`
  if (flat.length <= WIDTH || typeof value !== 'object' || value === null || Array.isArray(value))
    return [flat]
  return [`  ${name}: {`, ...Object.entries(value).map(([key, one]) => `    ${key}: ${code(one)},`), '  },']
}

/** A value as source text: only what JSON knows, with the quotes of this project. */
function code(value: unknown): string {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return `[${value.map(code).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${key}: ${code(one)}`)
      .join(', ')} }`
  return JSON.stringify(value)
}

function text(value: string): string {
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"')
  return inner.includes("'") && !inner.includes('"') ? `"${inner}"` : `'${inner.replaceAll("'", "\\'")}'`
}

function wrapped(sentence: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + word.length + 4 > WIDTH) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
