import t from 'tap'
import { readCatalogue } from '../image/kernel-catalogue.ts'
import { paletteFor } from '../report/colour.ts'
import { kernelLines, type ListedKernel } from './kernel-list.ts'

const kernel: ListedKernel = {
  series: '6.12',
  version: '6.12.107-1',
  release: '6.12.107+deb13-cloud-amd64',
  suites: ['trixie', 'trixie-security'],
  packages: [{ name: 'linux-image-6.12.107+deb13-cloud-amd64', version: '6.12.107-1' }],
  missing: [],
  sizeBytes: 34_402_644,
  fetched: true,
}
const torn: ListedKernel = {
  ...kernel,
  series: '7.1',
  version: '7.1.13-1~bpo13+1',
  missing: ['linux-base-7.1.13+deb13-cloud-amd64', 'linux-modules-7.1.13+deb13-cloud-amd64'],
  fetched: false,
}
const unknown: ListedKernel = { ...kernel, series: '8.0', version: '8.0.1-1', fetched: false }

await t.test('a block for each series, with what the catalogue knows of it', async (t) => {
  const plain = paletteFor({ isTTY: false })
  t.same(
    kernelLines(
      [unknown, torn, kernel, { ...kernel, version: '6.12.94-1', fetched: false }],
      readCatalogue(),
      plain,
    ),
    [
      'debian:8.0',
      '  8.0.1-1                 trixie, trixie-security            34 MB  6.12.107+deb13-cloud-amd64',
      'debian:7.1',
      '  7.1.13-1~bpo13+1        not usable: linux-base, linux-modules gone from the mirror',
      'debian:6.12  Debian 13; old vectors are cleaned up by a timer (since 6.6)',
      '* 6.12.107-1              trixie, trixie-security            34 MB  6.12.107+deb13-cloud-amd64',
      '  6.12.94-1               trixie, trixie-security            34 MB  6.12.107+deb13-cloud-amd64',
    ],
  )
  t.same(kernelLines([], readCatalogue(), plain), [])
})
