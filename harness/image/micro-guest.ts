/** What is the guest's user space? The micro guest from the cache, built first where it is not there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint } from '../ssh/host-key.ts'
import { cacheKey, cached } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import type { PackageVersion } from './debian-archive.ts'
import { readFacts, readPackages } from './image-facts.ts'
import { readMicroRecipe } from './micro-recipe.ts'

/** The guest's user space, ready for `-initrd`, and what is needed to log in. */
export interface MicroGuest {
  /** Absolute path of an uncompressed newc archive. */
  readonly initramfs: string
  /** The client's private key: OpenSSH text. */
  readonly clientKey: string
  /** The host key to expect: base64 of its public blob, as in known_hosts. */
  readonly hostPublicKey: string
  /** The same as `ssh-keygen -l` shows it: `SHA256:...`. */
  readonly hostKeyFingerprint: string
  readonly packages: readonly PackageVersion[]
  /** Of the archive, hex. */
  readonly sha256: string
}

/** Counts up when something else is built from the same recipe. */
const builderVersion = 'micro-4'

/** The guest from the cache, built first when it is not there. Throws `Trouble` when fetching or building fails. */
export async function prepareMicroGuest(cache: ImageCache, report: Report): Promise<MicroGuest> {
  const recipe = readMicroRecipe()
  const name = `micro-${recipe.suite}-${cacheKey(builderVersion, JSON.stringify(recipe))}`
  const dir = await cached(cache, name, report, async (partial) => {
    // Loaded only to build: most runs find the guest in the cache.
    const { buildMicroGuest } = await import('./micro-build.ts')
    await buildMicroGuest(partial, recipe, report)
  })
  return readEntry(dir)
}

function readEntry(dir: string): MicroGuest {
  const fact = readFacts(dir)
  const hostPublicKey = fact('hostPublicKey')
  return {
    initramfs: join(dir, 'initramfs.cpio'),
    clientKey: readFileSync(join(dir, 'client_ed25519'), 'utf8'),
    hostPublicKey,
    hostKeyFingerprint: fingerprint(hostPublicKey),
    packages: readPackages(dir),
    sha256: fact('sha256'),
  }
}
