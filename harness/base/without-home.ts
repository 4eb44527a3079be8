/** How is a path told that shall say nothing of who ran irqlab? The home directory is `~`, as every shell knows it. */
import { homedir } from 'node:os'

/** The text with `~` in the place of the home directory, wherever it stands in it. */
export function withoutHome(text: string, home = homedir()): string {
  if (!isTelling(home)) return text
  // Only whole names: /home/al is not in /home/alice.
  return text.replaceAll(new RegExp(`${escaped(home)}(?![\\w.-])`, 'g'), '~')
}

/** The path that was told so, or a text such as `tree:~/linux,patch=~/fix.patch` with several. */
export function withHome(text: string, home = homedir()): string {
  return text.replaceAll(/(^|[:=,])~(?=\/|$)/g, (_, before: string) => `${before}${home}`)
}

function isTelling(home: string): boolean {
  return home.startsWith('/') && home !== '/'
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
