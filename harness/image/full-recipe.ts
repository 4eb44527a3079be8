/** What is the full Debian guest made of? Reads images/full/. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Bug } from '../base/errors.ts'
import { readMicroRecipe } from './micro-recipe.ts'
import type { WantedModules } from './modules-cpio.ts'
import { texts, textsByName } from './recipe-texts.ts'

/** The ingredients; a change of any gives a new image. */
export interface FullRecipe {
  readonly suite: string
  /** Installed as Debian installs them, with what they depend on and without what they recommend. */
  readonly packages: readonly string[]
  /** Programs that our scripts use and that Debian has in packages of their own: links to busybox. */
  readonly applets: readonly string[]
  /** Units that would wake up by themselves in the first minutes. */
  readonly masked: readonly string[]
  /** Size of the file system; the file takes what is used of it. */
  readonly diskMib: number
  /** Modules that a kernel needs to reach the disk, by the name of their list. */
  readonly diskModules: Readonly<Record<string, readonly string[]>>
}

const dir = resolve(import.meta.dirname, '../../images/full')

/** Reads the recipe. Throws `Bug`: the file is ours. */
export function readFullRecipe(): FullRecipe {
  const json: unknown = JSON.parse(readFileSync(resolve(dir, 'recipe.json'), 'utf8'))
  if (typeof json !== 'object' || json === null) throw new Bug('recipe.json is no object')
  const { suite, packages, applets, masked, diskMib, diskModules }: Record<string, unknown> = { ...json }
  if (typeof suite !== 'string') throw new Bug('recipe.json: suite is no text')
  if (typeof diskMib !== 'number') throw new Bug('recipe.json: diskMib is no number')
  return {
    suite,
    packages: texts(packages, 'packages'),
    applets: texts(applets, 'applets'),
    masked: texts(masked, 'masked'),
    diskMib,
    diskModules: textsByName(diskModules, 'diskModules'),
  }
}

/** The text of the first program of a guest that boots from a disk: it finds the disk, and hands over to it. */
export function diskInit(): string {
  return readFileSync(resolve(dir, 'init'), 'utf8')
}

/** What the micro guest loads, and what reaches a disk. */
export function modulesForDisk(): WantedModules {
  const { modules, deviceModules } = readMicroRecipe()
  return { modules, deviceModules: { ...deviceModules, ...readFullRecipe().diskModules } }
}
