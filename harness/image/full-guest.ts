/** What is the full Debian guest? Its disk from the cache, built first where it is not there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageCache, Report } from './cache.ts'
import { cacheKey, cached } from './cache.ts'
import { diskInit, readFullRecipe } from './full-recipe.ts'
import type { GuestImage } from './guest-image.ts'
import { type GuestSource, kernelWordsFor } from './guest-source.ts'
import { readFacts, readPackages } from './image-facts.ts'
import type { MicroGuest } from './micro-guest.ts'

/** Counts up when something else is built from the same recipe. */
const builderVersion = 'full-1'

/** The guest from the cache, built first when it is not there. Throws `Trouble` when fetching or building fails. */
export async function prepareFullGuest(
  source: Extract<GuestSource, { readonly kind: 'debian-full' }>,
  micro: MicroGuest,
  cache: ImageCache,
  report: Report,
): Promise<GuestImage> {
  const recipe = readFullRecipe()
  const name = `full-${recipe.suite}-${cacheKey(builderVersion, JSON.stringify(recipe))}`
  const dir = await cached(cache, name, report, async (partial) => {
    // Loaded only to build.
    const { buildFullGuest } = await import('./full-build.ts')
    await buildFullGuest(partial, recipe, report)
  })
  const fact = readFacts(dir)
  return {
    flavour: 'debian-full',
    text: source.text,
    initramfs: micro.initramfs,
    diskInit: diskInit(),
    disk: {
      path: join(dir, 'disk.img'),
      format: 'raw',
      kernelWords: kernelWordsFor(source),
    },
    login: {
      user: 'root',
      port: 22,
      key: { privateKey: readFileSync(join(dir, 'client_ed25519'), 'utf8') },
      hostKey: fact('hostPublicKey'),
    },
    balancers: source.balancers,
    packages: readPackages(dir),
    sha256: fact('sha256'),
  }
}
