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
})

await t.test('kernels of the user', async (t) => {
  const plain = { kind: 'local', bzImage: join(dir, 'bzImage'), release: '6.9.0-mine' }
  t.same(parseKernelSource('bzImage'), { ...plain, text: 'bzImage', modulesDir: undefined })
  t.match(parseKernelSource('./mods/../bzImage'), plain)
  t.match(parseKernelSource(join(dir, 'bzImage')), plain)
  t.match(parseKernelSource('bzImage,modules=mods'), { ...plain, modulesDir: join(dir, 'mods') })
  t.match(parseKernelSource('bzImage,modules=tree, modules'), { modulesDir: join(dir, 'tree, modules') })
  t.match(parseKernelSource('$(touch pwned); "x"'), { bzImage: join(dir, '$(touch pwned); "x"') })
  t.match(parseKernelSource('debian'), { kind: 'local', bzImage: join(dir, 'debian') })
})

await t.test('everything else is refused in one line that names the value', async (t) => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /is empty/],
    ['debian:', /no such series; known are debian:5\.10, debian:6\.1, /],
    ['debian:6.2', /no such series.*; the closest is debian:6\.1$/],
    ['debian:7.9', /; the closest is debian:7\.3$/],
    ['debian:9.9', /debian:7\.3$/],
    ['debian:6', /no such series/],
    ['debian:6.10', /no such series/],
    ['debian:six', /no such series/],
    ['debian:6.1.0', /give debian:6\.1, or a whole package version/],
    ['debian:6.1.9-1 ; id', /give debian:6\.1, or/],
    ['6.1', /did you mean debian:6\.1\?$/],
    ['v6.12', /did you mean debian:6\.12\?$/],
    ['linux-5.10', /did you mean debian:5\.10\?$/],
    ['nothing-here', /no such file; by name there are debian:/],
    ['../../x/y', /: no such file$/],
    ['bzImage/x', /: no such file$/],
    ['mods', /it is a directory/],
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
