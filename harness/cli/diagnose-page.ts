/** docs/DIAGNOSE.md of this tree, and its picture, before prettier had the page. */
import { readdirSync, readFileSync } from 'node:fs'
import { type KeptTranscript, parseTranscript } from '../diagnose/tree/kept-transcript.ts'
import { FORKS, ROOT } from '../diagnose/tree/tree.ts'
import { treePage } from '../report/tree-page.ts'
import { treePicture } from '../report/tree-picture.ts'
import { allExplanations } from './explanations.ts'

/** The folder of the documentation. */
export const DOCS = new URL('../../docs/', import.meta.url)
/** Seen from there. */
export const DIAGNOSE_PICTURE = 'pictures/why.svg'

/** The transcripts that are kept, by name. Throws when one is none. */
export function keptTranscripts(): ReadonlyMap<string, KeptTranscript> {
  const folder = new URL('diagnose/', DOCS)
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.txt'))
      .map((file) => {
        const name = file.slice(0, -'.txt'.length)
        return [name, parseTranscript(readFileSync(new URL(file, folder), 'utf8'), name)]
      }),
  )
}

/** The page. Throws when the tree names what is not there. */
export async function diagnosePage(): Promise<string> {
  return treePage({
    root: ROOT,
    forks: FORKS,
    catalogue: await allExplanations(),
    transcripts: keptTranscripts(),
    picture: DIAGNOSE_PICTURE,
    command: 'npm run diagnose-page',
  })
}

/** The picture. */
export function diagnosePicture(): string {
  return treePicture(ROOT, FORKS)
}
