/** Which mutants are there? The patches in this folder. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { closest } from '../cli/closest.ts'
import { type Mutant, parseMutant } from './mutant.ts'

const SUFFIX = '.patch'

/** All mutants, by name. Throws `UsageError` that names the file that is none. */
export function allMutants(): readonly Mutant[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((file) =>
      parseMutant(file.slice(0, -SUFFIX.length), readFileSync(join(import.meta.dirname, file), 'utf8')),
    )
}

/** The path of a mutant's patch. */
export function patchOf({ name }: Mutant): string {
  return join(import.meta.dirname, `${name}${SUFFIX}`)
}

/** Those with these names; all of them when none is named. Throws `UsageError` for a name that no patch has. */
export function mutantsNamed(names: readonly string[], all: readonly Mutant[]): readonly Mutant[] {
  const known = all.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`unknown mutant ${JSON.stringify(unknown)}${closest(unknown, known)}; see --list`)
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
}
