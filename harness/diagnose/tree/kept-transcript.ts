/** A transcript as docs/diagnose/ keeps it: where it was taken, and what was typed and answered there. */

/** One of them. */
export interface KeptTranscript {
  /** `Linux 6.1.0-56-cloud-amd64, machine plain, 2026-11-23`. */
  readonly taken: string
  /** As a terminal showed it: commands after `$ `, answers below. */
  readonly text: string
}

/** The text of its file. */
export function formatTranscript({ taken, text }: KeptTranscript): string {
  return `# ${taken}\n${text.trimEnd()}\n`
}

/** Reads it. Throws when the text does not open as it must. */
export function parseTranscript(file: string, name: string): KeptTranscript {
  const [, taken, text] = /^# ([^\n]+)\n([^]+)$/.exec(file) ?? []
  if (taken === undefined || text === undefined) throw new Error(`the transcript ${name} has no first line`)
  return { taken, text: text.trimEnd() }
}

/** What was typed, in order, without the `$ `. */
export function commandsIn({ text }: KeptTranscript): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2))
}
