/** Why did a build fail? The first errors in what make said, and where the rest of it is. */
import { Trouble } from '../../base/errors.ts'

const shownErrors = 3

/** The trouble that says why `what` could not be built. Lasting: the same source fails again. */
export function compileFailure(
  stage: 'build.config' | 'build.compile',
  what: string,
  lines: readonly string[],
  log: string,
): Trouble {
  if (lines.some((line) => line.includes('No space left on device'))) {
    return new Trouble('build.disk', `${what} could not be built: the disk is full; the whole log: ${log}`, {
      hint: 'free some space (irqlab image prune empties the cache), or set IRQLAB_CACHE to another directory',
      lasting: true,
    })
  }
  const errors = firstErrors(lines)
  return new Trouble(stage, `${what} does not build: ${errors.join('; ')}`, {
    hint: `the whole log: ${log}`,
    lasting: true,
  })
}

/** Errors of the compiler first, then of the linker and kbuild; make's own remarks only when there is nothing else. */
function firstErrors(lines: readonly string[]): readonly string[] {
  const patterns = [
    /(^|\s)(fatal )?error: /,
    /undefined reference|multiple definition|^ERROR: |^\*\*\* (?!$)|Sorry, this|: not found$|is not supported/,
    /^make.*\*\*\* /,
    /\S/,
  ]
  for (const pattern of patterns) {
    const found = lines
      .filter((line) => pattern.test(line))
      .map((line) => line.trim().replace(/^(\.\.\/)+/, ''))
    if (found.length > 0)
      return pattern.source === '\\S' ? found.slice(-1) : [...new Set(found)].slice(0, shownErrors)
  }
  return ['make said nothing']
}
