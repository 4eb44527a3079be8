/** `npm run diagnose-page`: writes docs/DIAGNOSE.md and its picture from the decision tree and the transcripts that are kept. */
import { writeFileSync } from 'node:fs'
import { DIAGNOSE_PICTURE, diagnosePage, diagnosePicture, DOCS } from './diagnose-page.ts'

writeFileSync(new URL(DIAGNOSE_PICTURE, DOCS), diagnosePicture())
process.stdout.write(await diagnosePage())
