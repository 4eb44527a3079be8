import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { fakeBzImage } from './bzimage-fixture.ts'
import { parseKernelSource } from './kernel-source.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-source-'))
const here = process.cwd()
process.chdir(dir)
t.teardown(() => {
  process.chdir(here)
  rmSync(dir, { recursive: true })
})
mkdirSync('mods')
mkdirSync('tree, modules')
writeFileSync('bzImage', fakeBzImage({ release: '6.9.0-mine' }))
writeFileSync('$(touch pwned); "x"', fakeBzImage())
writeFileSync('vmlinux', '\x7fELF')
writeFileSync('debian', fakeBzImage())
writeFileSync('cut', fakeBzImage().subarray(0, 1030))

await t.test('kernels of Debian', async (t) => {
  t.match(parseKernelSource('debian:6.1'), {
    kind: 'debian',
    text: 'debian:6.1',
    series: { name: '6.1' },
    flavour: 'cloud-amd64',
    version: undefined,
  })
  t.match(parseKernelSource('debian:5.10.218-1'), { series: { name: '5.10' }, version: '5.10.218-1' })
  t.match(parseKernelSource('debian:7.3.4-1~bpo13+1'), {
    series: { name: '7.3' },
    version: '7.3.4-1~bpo13+1',
  })
  const { text: _short, ...short } = parseKernelSource('debian:5.10.218-1')
  const { text: _long, ...long } = parseKernelSource('debian:5.10=5.10.218-1')
  t.same(long, short, 'two spellings of one thing')
  t.match(parseKernelSource('debian:7.3~rc7-1~exp1'), { series: { name: '7.3' }, version: '7.3~rc7-1~exp1' })
})

await t.test('a flavour that Debian builds', async (t) => {
  const generic = { kind: 'debian', series: { name: '6.1' }, flavour: 'amd64' }
  t.match(parseKernelSource('debian:6.1,flavour=amd64'), {
    ...generic,
    text: 'debian:6.1,flavour=amd64',
    version: undefined,
  })
  for (const version of ['6.1.94-1', '6.1=6.1.94-1'])
    t.match(parseKernelSource(`debian:${version},flavour=amd64`), { ...generic, version: '6.1.94-1' })
  const { text: _said, ...said } = parseKernelSource('debian:6.1,flavour=cloud-amd64')
  const { text: _silent, ...silent } = parseKernelSource('debian:6.1')
  t.same(said, silent, 'the default may be said')
  const known = /give one of cloud-amd64, amd64, rt-amd64 behind ",flavour="$/
  for (const [option, complaint] of [
    [',flavour=686', /"686" is no flavour/],
    [',flavour=', /"" is no flavour/],
    [',flavor=amd64', /"flavor=amd64" is no option/],
    [',', /"" is no option/],
    [',flavour=amd64,flavour=amd64', /"amd64,flavour=amd64" is no flavour/],
  ] as const) {
    t.throws(() => parseKernelSource(`debian:6.1${option}`), { name: 'UsageError', message: complaint })
    t.throws(() => parseKernelSource(`debian:6.1${option}`), { message: known })
  }
})

await t.test('a series that is not in the catalogue is looked for everywhere', async (t) => {
  for (const text of ['debian:7.4', 'debian:7.4.1-1', 'debian:7.4=7.4~rc1-1~exp1']) {
    const source = parseKernelSource(text)
    if (source.kind !== 'debian') throw new Error('a Debian kernel was meant')
    t.match(source.series, { name: '7.4', note: '' })
    t.same(source.series.suites, source.allSuites)
  }
})

await t.test('kernels of the user', async (t) => {
  const plain = { kind: 'local', bzImage: join(dir, 'bzImage'), release: '6.9.0-mine' }
  t.same(parseKernelSource('bzImage'), { ...plain, text: 'bzImage', modulesDir: undefined })
  t.match(parseKernelSource('./mods/../bzImage'), plain)
  t.match(parseKernelSource(join(dir, 'bzImage')), plain)
  t.match(parseKernelSource('bzImage,modules=mods'), { ...plain, modulesDir: join(dir, 'mods') })
  t.match(parseKernelSource('bzImage,modules=tree, modules'), { modulesDir: join(dir, 'tree, modules') })
  t.match(parseKernelSource('$(touch pwned); "x"'), { bzImage: join(dir, '$(touch pwned); "x"') })
  t.match(parseKernelSource('bzimage:bzImage'), { ...plain, text: 'bzimage:bzImage' })
  t.match(parseKernelSource('bzimage:bzImage,modules=mods'), { ...plain, modulesDir: join(dir, 'mods') })
  t.match(parseKernelSource('debian'), { kind: 'local', bzImage: join(dir, 'debian') })
})

await t.test('everything else is refused in one line that names the value', async (t) => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /is empty/],
    ['debian:', /no such series; known are debian:5\.10, debian:6\.1, /],
    ['debian:6', /no such series/],
    ['debian:six', /no such series/],
    ['debian:six=6.1.9-1', /six is no such series/],
    ['debian:6.1=', /give debian:6\.1, or/],
    ['debian:6.1=6.1', /give debian:6\.1, or/],
    ['debian:5.10=6.1.9-1', /give debian:5\.10, or/],
    ['debian:6.1=6.12.9-1', /give debian:6\.1, or/],
    ['debian:6.1.9-1=6.1.9-1', /6\.1\.9-1 is no such series/],
    ['debian:6.1.0', /give debian:6\.1, or a whole package version/],
    ['debian:6.1.9-1 ; id', /give debian:6\.1, or/],
    ['6.1', /did you mean debian:6\.1\?$/],
    ['v6.12', /did you mean debian:6\.12\?$/],
    ['linux-5.10', /did you mean debian:5\.10\?$/],
    ['nothing-here', /no such file; by name there are debian:/],
    ['../../x/y', /: no such file$/],
    ['bzImage/x', /: no such file$/],
    ['mods', /it is a directory, .*, or tree:mods$/],
    ['bzimage:', /give the path of a bzImage/],
    ['bzimage:6.1', /: no such file$/],
    ['bzimage:,modules=mods', /no kernel before/],
    ['bzimage:cut', /it is no bootable kernel: it is cut off: it has 1030 of at least 1040 bytes$/],
    ['cut', /cut off/],
    ['/dev/null', /neither a file nor a directory/],
    ['vmlinux', /no bootable kernel: it is an ELF image/],
    [',modules=mods', /no kernel before/],
    ['bzImage,modules=', /modules=: the name is empty$/],
    ['bzImage,modules=nowhere', /modules=nowhere: no such directory$/],
    ['bzImage,modules=vmlinux', /modules=vmlinux: it is a file/],
  ]
  for (const [text, why] of refused) {
    t.throws(() => parseKernelSource(text), { name: 'UsageError', message: why }, text)
    t.throws(() => parseKernelSource(text), {
      message: new RegExp(`^--kernel ${text === '' ? 'is' : ''}[^\\n]*$`),
    })
  }
})
