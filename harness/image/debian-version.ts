/** Which of two Debian package versions is newer? Pure; Debian policy 5.6.12. */

/** Negative when `a` is older than `b`, positive when it is newer, 0 when they are equal. Kernels have no epochs. */
export function compareDebianVersions(a: string, b: string): number {
  const [upstreamA, revisionA] = parts(a)
  const [upstreamB, revisionB] = parts(b)
  return comparePart(upstreamA, upstreamB) || comparePart(revisionA, revisionB)
}

/** The revision is what follows the last hyphen; without one it is 0. */
function parts(version: string): readonly [string, string] {
  const at = version.lastIndexOf('-')
  return at < 0 ? [version, '0'] : [version.slice(0, at), version.slice(at + 1)]
}

/** Text and number by turns; numbers compare as numbers, and `~` sorts before everything, the end included. */
function comparePart(a: string, b: string): number {
  let [restA, restB] = [a, b]
  while (restA !== '' || restB !== '') {
    const [textA = '', textB = ''] = [/^\D*/.exec(restA)?.[0], /^\D*/.exec(restB)?.[0]]
    const byText = compareText(textA, textB)
    if (byText !== 0) return byText
    ;[restA, restB] = [restA.slice(textA.length), restB.slice(textB.length)]
    const [numberA = '', numberB = ''] = [/^\d*/.exec(restA)?.[0], /^\d*/.exec(restB)?.[0]]
    const byNumber = Number(numberA) - Number(numberB)
    if (byNumber !== 0) return byNumber
    ;[restA, restB] = [restA.slice(numberA.length), restB.slice(numberB.length)]
  }
  return 0
}

function compareText(a: string, b: string): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = rank(a[at]) - rank(b[at])
    if (difference !== 0) return difference
  }
  return 0
}

/** `~`, then the end, then letters, then all the rest. */
function rank(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  const code = character.charCodeAt(0)
  return /[A-Za-z]/.test(character) ? code : code + 256
}
