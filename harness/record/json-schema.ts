/** The schema of record.json for readers that are not this program: JSON Schema 2020-12. */
import { z } from 'zod'
import { RECORD_SCHEMA, recordSchema } from './run-record.ts'

/** The text of docs/record.schema.json. */
export function recordJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(recordSchema, {
    target: 'draft-2020-12',
    // What a reader may rely on: later versions of this schema may have more.
    io: 'input',
  })
  const title = `${RECORD_SCHEMA}: what one attempt of a run leaves in record.json`
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`
}
