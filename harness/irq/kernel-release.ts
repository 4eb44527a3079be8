/** Which kernel is it? Reads what `uname -r` prints and compares it with a version of kernel.org. */
import { MalformedText } from './malformed-text.ts'

/** The release of a kernel, as `uname -r` prints it. */
export interface KernelRelease {
  readonly major: number
  readonly minor: number
  /** 0 where the text has none. */
  readonly patch: number
  /** The release as it was read, distribution suffix included. */
  readonly text: string
}

/**
 * Reads a release such as `6.1.0-56-cloud-amd64`, `7.3.4+deb13-cloud-amd64` or `6.12.0-rc7`. A trailing newline is
 * allowed. Note that Debian up to 12 puts its own ABI number after `x.y.0`: the patch of `6.1.0-56` is 0, whatever
 * stable release it was built from. Throws `MalformedText`.
 */
export function parseKernelRelease(text: string): KernelRelease {
  const release = text.endsWith('\n') ? text.slice(0, -1) : text
  const match = /^(\d{1,3})\.(\d{1,5})(?:\.(\d{1,5}))?(?=$|[-+~][\w.+~-]+$|\+$)/.exec(release)
  if (!match) throw new MalformedText('kernel release', 1, release, 'not of the form 6.12.107-suffix')
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0), text: release }
}

/**
 * True when the release is of this version (`6.6` or `6.6.47`) or newer. A release candidate counts as its final
 * version, because what this harness asks for came in the merge window, before rc1.
 */
export function isAtLeast(release: KernelRelease, version: string): boolean {
  const wanted = parseKernelRelease(version)
  if (release.major !== wanted.major) return release.major > wanted.major
  if (release.minor !== wanted.minor) return release.minor > wanted.minor
  return release.patch >= wanted.patch
}
