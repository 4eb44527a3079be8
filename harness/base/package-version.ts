/** Which version of irqlab is this? */
import { readFileSync } from 'node:fs'

/** The version of package.json. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
