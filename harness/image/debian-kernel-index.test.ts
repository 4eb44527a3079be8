import t from 'tap'
import { UsageError } from '../base/errors.ts'
import type { IndexedPackage } from './debian-archive.ts'
import { chosenFrom, notThere } from './debian-choice.ts'
import { kernelPackagePattern, kernelsIn } from './debian-kernel-index.ts'
import { parseKernelSource } from './kernel-source.ts'

const flavour = 'cloud-amd64'

/** As the indexes of the mirror name them, 2026. */
function indexed(name: string, version: string, depends: readonly string[] = []): IndexedPackage {
  return { name, version, suites: ['a-suite'], depends, sizeBytes: 10 }
}

const split = (release: string, version: string, there: readonly string[]): readonly IndexedPackage[] => {
  const parts = ['base', 'binary', 'modules'].map((part) => `linux-${part}-${release}-${flavour}`)
  return [
    indexed(`linux-image-${release}-${flavour}`, version, ['dracut', ...parts]),
    ...parts
      .filter((name) => there.some((part) => name.startsWith(`linux-${part}`)))
      .map((name) => indexed(name, version)),
  ]
}

const mirror = kernelsIn(
  [
    ...split('7.3.4+deb13', '7.3.4-1~bpo13+1', ['base', 'binary', 'modules']),
    ...split('7.3', '7.3~rc7-1~exp1', ['base', 'binary', 'modules']),
    ...split('7.1.13+deb13', '7.1.13-1~bpo13+1', ['binary']),
    indexed('linux-image-6.18.15+deb13-cloud-amd64', '6.18.15-1~bpo13+1', [
      'kmod',
      'linux-base-6.18.15+deb13-cloud-amd64',
    ]),
    indexed('linux-image-6.12-cloud-amd64', '6.12.117-1~deb12u1', ['linux-image-6.12.117+deb12-cloud-amd64']),
    indexed('linux-image-6.12.117+deb12-cloud-amd64', '6.12.117-1~deb12u1', ['kmod']),
    indexed('linux-image-6.12.117+deb13-cloud-amd64', '6.12.117-1', ['kmod']),
    indexed('linux-image-6.12.117+deb13-cloud-amd64-unsigned', '6.12.117-1', ['kmod']),
    indexed('linux-image-6.12.95+deb12-cloud-amd64-unsigned', '6.12.95-1~bpo12+1', ['kmod']),
    indexed('linux-image-5.10.0-30-cloud-amd64', '5.10.218-1', ['kmod']),
    indexed('linux-image-5.10.0-46-cloud-amd64', '5.10.262-1', ['kmod']),
    indexed('linux-image-5.10.0-46-amd64', '5.10.262-1', ['kmod']),
  ],
  flavour,
)

const find = (text: string) => {
  const source = parseKernelSource(`debian:${text}`)
  if (source.kind !== 'debian') throw new Error('a Debian kernel was meant')
  return { chosen: chosenFrom(mirror, source), refusal: notThere(mirror, source, []).message, source }
}

await t.test('each kernel once, the oldest first', async (t) => {
  t.same(
    mirror.map(({ version, packages }) => `${version} ${packages.length}`),
    [
      '5.10.218-1 1',
      '5.10.262-1 1',
      '6.12.95-1~bpo12+1 1',
      '6.12.117-1~deb12u1 1',
      '6.12.117-1 1',
      '6.18.15-1~bpo13+1 1',
      '7.1.13-1~bpo13+1 2',
      '7.3~rc7-1~exp1 4',
      '7.3.4-1~bpo13+1 4',
    ],
  )
  t.match(mirror.at(-1), { series: '7.3', release: '7.3.4+deb13-cloud-amd64', sizeBytes: 40, missing: [] })
  t.match(
    mirror[4]?.packages,
    [{ name: 'linux-image-6.12.117+deb13-cloud-amd64' }],
    'signed where it is there',
  )
  t.match(mirror[2], { release: '6.12.95+deb12-cloud-amd64' }, 'unsigned where nothing else is')
})

await t.test('the newest of a series, or the version that was asked for', async (t) => {
  t.equal(find('5.10').chosen?.version, '5.10.262-1')
  t.equal(find('6.12').chosen?.version, '6.12.117-1', 'a rebuild for the release before is older')
  t.equal(find('7.3').chosen?.version, '7.3.4-1~bpo13+1', 'a release candidate is older')
  t.equal(find('7.3~rc7-1~exp1').chosen?.release, '7.3-cloud-amd64')
  t.equal(find('5.10=5.10.218-1').chosen?.version, '5.10.218-1')
})

await t.test('what is not there is refused, naming what is', async (t) => {
  t.equal(find('7.1').chosen, undefined)
  t.match(
    find('7.1').refusal,
    /^--kernel debian:7\.1: the mirror has 7\.1\.13-1~bpo13\+1 without linux-base-\S+ and linux-modules-\S+, .*: debian:6\.18, debian:7\.3$/,
  )
  t.equal(
    find('7.1.13-1~bpo13+1').refusal.replaceAll('7.1.13-1~bpo13+1: the', '7.1: the'),
    find('7.1').refusal,
  )
  t.match(
    find('5.10.2-1').refusal,
    /^--kernel debian:5\.10\.2-1: not on the mirror; of 5\.10 it has 5\.10\.218-1, 5\.10\.262-1$/,
  )
  t.match(
    find('9.9').refusal,
    /no kernel 9\.9; it has debian:5\.10, debian:6\.12, debian:6\.18, debian:7\.3$/,
  )
  t.match(find('7.1.2-1').refusal, /no kernel 7\.1; it has/, 'none of the series is whole')
  const { source } = find('9.9')
  t.match(notThere([], source, ['bullseye']), {
    message: /\(it does not carry bullseye\); it has none$/,
  })
  t.ok(notThere([], source, []) instanceof UsageError)
  t.match(
    find('9.9,flavour=amd64').refusal,
    /it has debian:5\.10,flavour=amd64, debian:6\.12,flavour=amd64, /,
    'what is named instead has the flavour too',
  )
})

await t.test('the names that can be part of a kernel', async (t) => {
  const pattern = kernelPackagePattern(flavour)
  for (const name of ['linux-image-5.10.0-30-cloud-amd64', 'linux-base-7.3.4+deb13-cloud-amd64'])
    t.match(name, pattern)
  for (const name of [
    'linux-image-cloud-amd64',
    'linux-image-6.1.0-56-amd64',
    'linux-headers-7.3-cloud-amd64',
  ])
    t.notMatch(name, pattern)
  const generic = kernelPackagePattern('amd64')
  for (const name of ['linux-image-6.1.0-56-amd64', 'linux-image-6.1.0-56-amd64-unsigned'])
    t.match(name, generic)
  for (const name of [
    'linux-image-6.1.0-56-cloud-amd64',
    'linux-image-6.1.0-56-rt-amd64',
    'linux-image-6.1.0-56-amd64-dbg',
  ])
    t.notMatch(name, generic, 'the end of one flavour is the name of another')
  const [kernel, ...others] = kernelsIn(
    ['amd64', 'cloud-amd64', 'rt-amd64'].map((end) => indexed(`linux-image-6.1.0-56-${end}`, '6.1.192-2')),
    'amd64',
  )
  t.match(kernel, { release: '6.1.0-56-amd64' })
  t.same(others, [])
})
