/** The catalogue of this tree as a page: what `npm run explain-page` writes, before prettier had it. */
import { cataloguePage } from '../report/catalogue-page.ts'
import { allExplanations } from './explanations.ts'
import { topicWords } from './scenario-files.ts'

/** The text. Throws `UsageError` for a scenario file that is none. */
export async function catalogueText(): Promise<string> {
  return cataloguePage({ ...(await allExplanations()), topics: topicWords() }, 'npm run explain-page')
}
