/** `irqlab bundle RUN`: packs one run, so that another machine can see what this one saw. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { EXIT } from '../base/exit-codes.ts'
import { bundleFiles, bundleName } from '../bundle/bundle-files.ts'
import { findRun } from '../bundle/run-found.ts'
import { writeTarball } from '../bundle/tarball.ts'

/** The options of the command. */
export interface BundleOptions {
  readonly output?: string
  /** False with --without-images. */
  readonly images: boolean
  readonly json?: boolean
}

/** Writes the tarball, and says what is in it. Throws `UsageError` and `Trouble`. */
export async function bundleCommand(run: string, options: BundleOptions): Promise<number> {
  const found = findRun(run)
  const name = bundleName(found.record)
  const output = resolve(options.output ?? `${name}.tar.gz`)
  if (existsSync(output))
    throw new UsageError(`${output} is there already: give another place with --output, or remove it`)
  const bundle = bundleFiles(found, { withImages: options.images })
  await writeTarball(output, name, bundle.files)
  const { imagesMissing, facts } = bundle
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ...facts, output, directory: name }, null, 2)}\n`)
    return EXIT.good
  }
  const mib = (statSync(output).size / 2 ** 20).toFixed(1)
  const lines = [
    `${output} (${mib} MiB)`,
    `  run     ${found.record.run}: ${found.record.outcome}`,
    `  images  ${imagesMissing === undefined ? 'kernel, guest and modules' : `none: ${imagesMissing}`}`,
    `  replay  ${facts.whyNoShell === undefined ? `tar xzf ${name}.tar.gz && ${name}/replay.sh` : `by irqlab alone: ${facts.whyNoShell}`}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return EXIT.good
}
