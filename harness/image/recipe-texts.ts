/** How are the recipes in images/ read? Lists of texts, and lists of texts by a name; what is neither is a bug of ours. */
import { Bug } from '../base/errors.ts'

/** The list. Throws `Bug`: the files are ours. */
export function texts(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new Bug(`recipe.json: ${what} is no list of texts`)
  return value
}

/** The lists by their names. Throws `Bug`. */
export function textsByName(value: unknown, what: string): Readonly<Record<string, readonly string[]>> {
  if (typeof value !== 'object' || value === null) throw new Bug(`recipe.json: ${what} is no object`)
  return Object.fromEntries(
    Object.entries(value).map(([name, list]) => [name, texts(list, `${what}.${name}`)]),
  )
}
