/** `npm run schema`: prints the JSON schema of record.json, for docs/record.schema.json. */
import { recordJsonSchema } from './json-schema.ts'

process.stdout.write(recordJsonSchema())
