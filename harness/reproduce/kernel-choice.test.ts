/** Is the nearest kernel taken, and is it said how near it is? */
import t from 'tap'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import { chooseKernel, flavourIn, type KernelThere, withoutIndex } from './kernel-choice.ts'

const there: readonly KernelThere[] = (
  [
    { series: '5.10', version: '5.10.218-1', release: '5.10.0-30-cloud-amd64' },
    { series: '5.10', version: '5.10.223-1', release: '5.10.0-32-cloud-amd64' },
    { series: '6.1', version: '6.1.170-3', release: '6.1.0-47-cloud-amd64' },
    { series: '6.1', version: '6.1.192-2', release: '6.1.0-56-cloud-amd64' },
    { series: '6.12', version: '6.12.107-1', release: '6.12.107+deb13-cloud-amd64' },
    { series: '6.12', version: '6.12.117-1', release: '6.12.117+deb13-cloud-amd64' },
    { series: '7.3', version: '7.3.4-1', release: '7.3.4+deb13-cloud-amd64' },
  ] as const
).map((one) => ({ ...one, text: `debian:${one.version}` }))

const cases = [
  {
    what: 'the package itself, whatever its flavour',
    release: '5.10.0-30-amd64',
    build: '#1 SMP Debian 5.10.218-1 (2024-06-01)',
    kernel: 'debian:5.10.218-1',
    closeness: 'same',
    says: /the same source, in the flavour of 5\.10\.0-30-cloud-amd64$/,
  },
  { what: 'by its name alone', release: '6.1.0-47-amd64', kernel: 'debian:6.1.170-3', closeness: 'same' },
  {
    what: 'a name that says its stable release',
    release: '6.12.107+deb13-amd64',
    kernel: 'debian:6.12.107-1',
    closeness: 'same',
  },
  {
    what: 'a package that is gone from the mirror',
    release: '6.1.0-50-amd64',
    build: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-01-01)',
    kernel: 'debian:6.1.170-3',
    closeness: 'same series',
    says: /^6\.1\.176-1 is not on the mirror; the nearest 6\.1 there is taken/,
  },
  {
    what: 'a kernel of kernel.org',
    release: '6.12.115',
    kernel: 'debian:6.12.117-1',
    closeness: 'same series',
    says: /6\.12\.115 is not on the mirror/,
  },
  {
    what: 'one of another distribution',
    release: '6.1.0-28-generic',
    kernel: 'debian:6.1.192-2',
    closeness: 'same series',
    says: /does not tell which stable release.*a distribution's own/,
  },
  {
    what: 'a series that Debian has not',
    release: '5.15.0-101-generic',
    kernel: 'debian:5.10.223-1',
    closeness: 'other series',
    says: /ANOTHER KERNEL/,
  },
  {
    what: 'a series far away',
    release: '4.18.0-553.el8_10.x86_64',
    kernel: 'debian:5.10.223-1',
    closeness: 'other series',
    says: /use --kernel with its package/,
  },
  {
    what: 'nearer to the next major version',
    release: '5.18.3',
    kernel: 'debian:6.1.192-2',
    closeness: 'other series',
  },
  { what: 'newer than all', release: '7.9.1', kernel: 'debian:7.3.4-1', closeness: 'other series' },
  { what: 'not read', release: undefined, kernel: 'debian:7.3.4-1', closeness: 'unknown' },
] as const

for (const one of cases) {
  void t.test(one.what, (t) => {
    const release = one.release === undefined ? undefined : parseKernelRelease(one.release)
    const choice = chooseKernel({ release, buildText: 'build' in one ? one.build : undefined }, there)
    t.match(choice, { kernel: one.kernel, closeness: one.closeness })
    if ('says' in one) t.match(choice.sentence, one.says)
    t.end()
  })
}

void t.test('without the lists of the mirror the series is taken', (t) => {
  const release = parseKernelRelease('6.1.0-56-amd64')
  t.match(chooseKernel({ release, buildText: undefined }, withoutIndex(['5.10', '6.1', '6.12'])), {
    kernel: 'debian:6.1',
    closeness: 'same series',
  })
  t.end()
})

void t.test('the flavour is the end of the name, where we know it', (t) => {
  const flavours = ['cloud-amd64', 'amd64', 'rt-amd64']
  const of = (release: string) => flavourIn(release, flavours)
  t.equal(of('6.1.0-56-cloud-amd64'), 'cloud-amd64')
  t.equal(of('6.12.117+deb13-amd64'), 'amd64')
  t.equal(of('6.1.0-56-rt-amd64'), 'rt-amd64')
  for (const other of ['6.1.0-28-generic', '4.18.0-553.el8_10.x86_64', '6.1.0-56-686-pae', ''])
    t.equal(of(other), undefined, other)
  t.equal(flavourIn('6.1.0-56-rt-amd64', ['amd64']), undefined, 'of none of them')
  t.end()
})
