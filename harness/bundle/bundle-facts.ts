/** What a bundle says of itself to a program: bundle.json, versioned. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf, UsageError } from '../base/errors.ts'

const image = z.object({ file: z.string(), sha256: z.string(), bytes: z.int() })

const factsSchema = z.object({
  schema: z.literal('irqlab.bundle/1'),
  run: z.string(),
  /** Absent: made without images. */
  images: z.object({ bzImage: image, guest: image, modules: image }).optional(),
  /** Why replay.sh cannot repeat the run; absent: it can. */
  whyNoShell: z.string().optional(),
  /** Of the guest that the run booted, SSH server and keys included. */
  guestSha256: z.string(),
  kernelSha256: z.string(),
})

/** The facts. */
export type BundleFacts = z.output<typeof factsSchema>

/** Of an unpacked bundle. Throws `UsageError` when they cannot be read. */
export function readBundleFacts(dir: string): BundleFacts {
  try {
    return factsSchema.parse(JSON.parse(readFileSync(join(dir, 'bundle.json'), 'utf8')))
  } catch (error) {
    throw new UsageError(
      `${dir}: no bundle that can be read: ${messageOf(error).replaceAll(/\s+/g, ' ').slice(0, 200)}`,
    )
  }
}
