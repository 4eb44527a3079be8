/** What is the micro guest made of? Reads images/micro/. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Bug } from '../base/errors.ts'
import { texts, textsByName } from './recipe-texts.ts'

/** The ingredients; a change of any gives a new image. */
export interface MicroRecipe {
  /** The Debian suite that the programs come from, whatever the host runs. */
  readonly suite: string
  readonly packages: readonly string[]
  /** Files to keep, with the libraries they need; the rest of the packages is left out. */
  readonly programs: readonly string[]
  /**
   * Programs that few runs need, by a name: each with its libraries in a packed archive of its own, which the guest unpacks
   * when it is asked to (guest/on-demand.ts).
   */
  readonly onDemand: Readonly<Record<string, readonly string[]>>
  /** Kernel modules to load at start, in this order, dependencies first. */
  readonly modules: readonly string[]
  /** Kernel modules by the device of a machine that needs them: loaded only in a guest that has it. */
  readonly deviceModules: Readonly<Record<string, readonly string[]>>
  /** The text of PID 1. */
  readonly init: string
  readonly fstab: string
}

const dir = resolve(import.meta.dirname, '../../images/micro')

/** Reads the recipe. Throws `Bug`: the files are ours. */
export function readMicroRecipe(): MicroRecipe {
  const json: unknown = JSON.parse(readFileSync(resolve(dir, 'recipe.json'), 'utf8'))
  if (typeof json !== 'object' || json === null) throw new Bug('recipe.json is no object')
  const { suite, packages, programs, onDemand, modules, deviceModules }: Record<string, unknown> = { ...json }
  if (typeof suite !== 'string') throw new Bug('recipe.json: suite is no text')
  return {
    suite,
    packages: texts(packages, 'packages'),
    programs: texts(programs, 'programs'),
    modules: texts(modules, 'modules'),
    onDemand: textsByName(onDemand, 'onDemand'),
    deviceModules: textsByName(deviceModules, 'deviceModules'),
    init: readFileSync(resolve(dir, 'init'), 'utf8'),
    fstab: readFileSync(resolve(dir, 'fstab'), 'utf8'),
  }
}
