/** Reading option values: each gives a value or one clear line that names the option, the value and the remedy. */
import { UsageError } from '../base/errors.ts'
import type { Shard } from '../campaign/shard.ts'

/** A whole number of at least `min` and at most `max`. Throws `UsageError`. */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new UsageError(`${option} ${JSON.stringify(text)}: give a whole number from ${min} to ${max}`)
  }
}

/** More runners than anybody has. */
const SHARDS_MAX = 1000

/** A part of a campaign, `2/4`. Throws `UsageError`. */
export function oneShard(option: string): (text: string) => Shard {
  return (text) => {
    const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
    if (index >= 1 && index <= of && of <= SHARDS_MAX) return { index, of }
    throw new UsageError(
      `${option} ${JSON.stringify(text)}: give a part and how many there are, such as 2/4, up to ${SHARDS_MAX}`,
    )
  }
}

/** A factor greater than zero. Throws `UsageError`. */
export function positiveNumber(option: string, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d*\.?\d+$/.test(text) && value > 0 && value <= max) return value
    throw new UsageError(
      `${option} ${JSON.stringify(text)}: give a number greater than 0 and at most ${max}, such as 2.5`,
    )
  }
}

/** One of a few words. Throws `UsageError`. */
export function oneOf<T extends string>(option: string, words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text)
    if (found !== undefined) return found
    throw new UsageError(`${option} ${JSON.stringify(text)}: give one of ${words.join(', ')}`)
  }
}

/** Text without control characters: it ends up in files that have one argument a line. Throws `UsageError`. */
export function plainText(option: string): (text: string) => string {
  return (text) => {
    if (!/\p{Cc}/u.test(text)) return text
    throw new UsageError(
      `${option} ${JSON.stringify(text)}: give it without line breaks and control characters`,
    )
  }
}

/** The same, and not empty. Throws `UsageError`. */
export function nonEmptyText(option: string): (text: string) => string {
  const plain = plainText(option)
  return (text) => {
    if (text !== '') return plain(text)
    throw new UsageError(`${option} is empty`)
  }
}

/** The same run twice would be one result; that is what `--repeat` is for. Throws `UsageError`. */
export function refuseTwice(asked: readonly string[]): void {
  const twice = asked.find((name, at) => asked.indexOf(name) !== at)
  if (twice !== undefined) throw new UsageError(`${JSON.stringify(twice)} is given twice: use --repeat 2`)
}
