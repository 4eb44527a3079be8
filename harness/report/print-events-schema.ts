/** `npm run schema`: prints the JSON schema of the events, for docs/events.schema.json. */
import { eventsJsonSchema } from './campaign-events.ts'

process.stdout.write(eventsJsonSchema())
