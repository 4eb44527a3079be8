/** Which kernels can be asked for by name? Reads images/kernels.json. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Bug } from '../base/errors.ts'

/** A line of kernels, such as 6.1, and the Debian suites that hold it. */
export interface KernelSeries {
  /** `6.1`: the first two numbers of the release. */
  readonly name: string
  readonly suites: readonly string[]
  /** What a reader should know of it. */
  readonly note: string
}

/** All that can be booted by name. */
export interface KernelCatalogue {
  /** The series that is used when none is asked for. */
  readonly default: string
  /** The Debian flavour that is taken when none is asked for: the end of the package's name. */
  readonly flavour: string
  /** All that can be asked for, that one first. */
  readonly flavours: readonly [string, ...string[]]
  /** Everywhere that a kernel may be, for what is not in the suites of its series. */
  readonly suites: readonly string[]
  readonly series: readonly KernelSeries[]
}

/** Where the catalogue is. */
const cataloguePath = resolve(import.meta.dirname, '../../images/kernels.json')

/** Reads the catalogue. Throws `Bug`: the file is ours. */
export function readCatalogue(text = readFileSync(cataloguePath, 'utf8')): KernelCatalogue {
  const json: unknown = JSON.parse(text)
  const { default: chosen, flavours: named, suites, series } = record(json, 'the catalogue')
  if (typeof chosen !== 'string') throw new Bug('kernels.json: default is no text')
  const flavours = texts(named, 'flavours')
  const parsed = Object.entries(record(series, 'series')).map(([name, value]) => parseSeries(name, value))
  if (!parsed.some(({ name }) => name === chosen))
    throw new Bug(`kernels.json: the default ${chosen} is no series`)
  return {
    default: chosen,
    flavour: flavours[0],
    flavours,
    suites: texts(suites, 'suites of the catalogue'),
    series: parsed,
  }
}

function parseSeries(name: string, value: unknown): KernelSeries {
  const { suites, note } = record(value, name)
  if (!/^\d+\.\d+$/.test(name)) throw new Bug(`kernels.json: "${name}" is no series such as 6.1`)
  if (typeof note !== 'string') throw new Bug(`kernels.json: ${name} has no note`)
  return { name, suites: texts(suites, `suites of ${name}`), note }
}

function texts(list: unknown, what: string): readonly [string, ...string[]] {
  const given: readonly unknown[] = Array.isArray(list) ? list : []
  const [first, ...others] = given.filter((one) => typeof one === 'string')
  if (first === undefined || others.length + 1 < given.length)
    throw new Bug(`kernels.json: ${what} is no list of texts`)
  return [first, ...others]
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Bug(`kernels.json: ${what} is no object`)
  return { ...value }
}
