/** `npm run schema`: prints the JSON schema of campaign.json, for docs/campaign.schema.json. */
import { campaignJsonSchema } from './json-schema.ts'

process.stdout.write(campaignJsonSchema())
