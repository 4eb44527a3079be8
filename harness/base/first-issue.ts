/** What is wrong with a value that a schema refused? The first thing, with its place and what stands there. */
import type { z } from 'zod'

const SHOWN_CHARACTERS = 60

/**
 * For example `machine.cpus is 1: Too small: expected number to be >=2`. `what` names the value that was checked; give
 * the value itself, too: a schema does not repeat it.
 */
export function firstIssue(error: z.ZodError, what: string, value: unknown): string {
  const [issue] = error.issues
  if (issue === undefined) return `${what} is refused`
  const place = [what, ...issue.path].join('.')
  // A stray key is a fault of the whole, which would say nothing here.
  if (issue.code === 'unrecognized_keys') return `${place}: ${issue.message}`
  const found = issue.path.reduce<unknown>(fieldOf, value)
  return found === undefined ? `${place} is missing` : `${place} is ${shown(found)}: ${issue.message}`
}

function fieldOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function shown(value: unknown): string {
  if (value instanceof RegExp) return String(value)
  const text = typeof value === 'function' ? 'a function' : JSON.stringify(value)
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`
}
