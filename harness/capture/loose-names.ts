/** May this loose file be about interrupts? By its name alone; what it really is its text tells (loose-files.ts). */

const WORDS =
  /interrupt|affinity|cmdline|lscpu|dmesg|lspci|uname|lsmod|ethtool|crash|(?:^|[^a-z])(?:irqs?|ps|stat|version|online|sys)(?:$|[^a-z])/i

/** Folders around such a file, beside a machine's own. */
const DEPTH_MAX = 2

/** A file near the top whose name says so. */
export function isLooseName(path: string): boolean {
  const segments = path.split('/')
  return segments.length <= DEPTH_MAX && WORDS.test(segments.at(-1) ?? '')
}
