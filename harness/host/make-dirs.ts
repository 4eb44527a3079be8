/** Making a directory with those above it, in a way that ends: Node's own (24.21) asks for ever in /proc and /sys. */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** As `mkdir -p`. Throws what mkdir(2) throws; the path is absolute. */
export function makeDirs(path: string): void {
  if (!existsSync(path) && path !== dirname(path)) makeDirs(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}
