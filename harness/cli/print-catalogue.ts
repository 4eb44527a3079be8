/** `npm run explain-page`: prints docs/CATALOGUE.md. */
import { catalogueText } from './catalogue-text.ts'

process.stdout.write(await catalogueText())
