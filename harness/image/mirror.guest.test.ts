/** What the mirror lacks is refused, naming what it has, and nothing is left in the cache. Boots nothing, but needs the network. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openCache } from './cache.ts'
import { forgetful } from '../host/memory.ts'
import { readCatalogue } from './kernel-catalogue.ts'
import { prepareKernel } from './kernel.ts'
import { parseKernelSource } from './kernel-source.ts'
import { mirrorKernels } from './mirror-kernels.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-mirror-test-'))
t.teardown(() => rmSync(dir, { recursive: true }))
const cache = openCache(join(dir, 'cache'))
const quiet = () => undefined

await t.test('a series and a version that the mirror lacks, and one without its modules', async (t) => {
  const { kernels } = await mirrorKernels(readCatalogue(), forgetful, quiet)
  const whole = kernels.filter(({ missing }) => missing.length === 0)
  for (const series of readCatalogue().series.map(({ name }) => name))
    t.ok(
      whole.some((kernel) => kernel.series === series),
      `${series} of the catalogue is on the mirror`,
    )
  // Small suites: their lists are read anew for each refusal.
  const few = {
    ...readCatalogue(),
    suites: ['bookworm-security', 'no-such-suite', 'trixie-backports'],
    series: [],
  }
  const refused: (readonly [string, RegExp])[] = [
    [
      'debian:9.9',
      /the mirror has no kernel 9\.9 \(it does not carry no-such-suite\); it has debian:6\.1, debian:6\.12, /,
    ],
    ['debian:6.1.1-1', /not on the mirror \(.*\); of 6\.1 it has .*6\.1\.\d+-1/],
  ]
  const torn = kernels.find(({ missing }) => missing.length > 0)
  if (torn !== undefined)
    refused.push([`debian:${torn.version}`, /without linux-\S+.*; the nearest that are whole: debian:/])
  for (const [text, why] of refused) {
    const asked = prepareKernel(parseKernelSource(text, few), cache, quiet)
    await t.rejects(asked, { name: 'UsageError', message: why }, text)
  }
  t.same(readdirSync(cache.dir), [])
})
