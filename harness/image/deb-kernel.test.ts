import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { fakeBzImage } from './bzimage-fixture.ts'
import { openCache } from './cache.ts'
import { type DebContent, makeDeb } from './deb-fixture.ts'
import { type BootableKernel, prepareKernel } from './kernel.ts'
import { neededToBoot } from './kernel-config.ts'
import { parseKernelSource } from './kernel-source.ts'
import { fakeModule } from './module-fixture.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-deb-kernel-'))
t.teardown(() => rmSync(dir, { recursive: true }))
const cache = openCache(join(dir, 'cache'))
const release = '6.1.0-1-test'
const config = (lines: Readonly<Record<string, string>> = {}) =>
  Object.entries({ ...Object.fromEntries(neededToBoot.map(({ option }) => [option, 'y'])), ...lines })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
const modular = config({ CONFIG_VIRTIO_NET: 'm' })
const virtioNet = { [`lib/modules/${release}/kernel/virtio_net.ko`]: fakeModule({ name: 'virtio_net' }) }
const inBoot = { [`boot/vmlinuz-${release}`]: fakeBzImage(), [`boot/config-${release}`]: modular }

async function deb(file: string, content: DebContent): Promise<string> {
  await makeDeb(join(dir, file), content)
  return join(dir, file)
}

async function prepare(...files: readonly string[]): Promise<BootableKernel> {
  return prepareKernel(parseKernelSource(`deb:${files.join(',')}`), cache, () => {})
}

await t.test('one package, as make bindeb-pkg and Debian up to 7.1 make it', async (t) => {
  const file = await deb('whole.deb', {
    name: `linux-image-${release}`,
    version: '6.1.9-1',
    files: { ...inBoot, ...virtioNet },
  })
  const kernel = await prepare(file)
  t.match(kernel, {
    source: `deb:${file}`,
    release,
    packageVersion: '6.1.9-1',
    suites: undefined,
    sha256: /^[0-9a-f]{64}$/,
    configSha256: /^[0-9a-f]{64}$/,
  })
  t.same(readFileSync(kernel.bzImage), fakeBzImage())
  t.equal(readFileSync(kernel.config ?? '', 'utf8'), modular)
  t.match(readFileSync(kernel.modulesCpio ?? '', 'latin1'), /01-virtio_net\.ko/)
  t.equal((await prepare(file)).bzImage, kernel.bzImage, 'unpacked once')
})

await t.test('all built in: no modules needed', async (t) => {
  const files = { ...inBoot, [`boot/config-${release}`]: config() }
  t.equal((await prepare(await deb('lean.deb', { name: 'linux-image-lean', files }))).modulesCpio, undefined)
})

const image = {
  name: `linux-image-${release}`,
  depends: `dracut | initramfs-tools, linux-base-${release} (= 1-1), linux-binary-${release} (= 1-1), linux-modules-${release} (= 1-1)`,
  files: { 'usr/share/doc/x': 'x' },
}
const binary = {
  name: `linux-binary-${release}`,
  depends: `linux-base-${release} (= 1-1)`,
  files: { [`usr/lib/modules/${release}/vmlinuz`]: fakeBzImage() },
}
const base = {
  name: `linux-base-${release}`,
  files: { [`usr/lib/modules/${release}/config`]: modular, [`usr/lib/modules/${release}/modules.order`]: '' },
}
const modules = {
  name: `linux-modules-${release}`,
  files: {
    [`usr/lib/modules/${release}/kernel/virtio_net.ko`]: fakeModule({ name: 'virtio_net' }),
  },
}

await t.test('the parts of one kernel, as Debian makes it from 7.2 on', async (t) => {
  const files = [
    await deb('image.deb', image),
    await deb('binary.deb', binary),
    await deb('base.deb', base),
    await deb('modules.deb', modules),
  ] as const
  t.match(await prepare(...files), { release, packageVersion: '1-1', modulesCpio: /modules\.cpio$/ })
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [
      [files[0]],
      /no kernel in linux-image-\S+, which depends on linux-base-\S+ and linux-binary-\S+ and linux-m/,
    ],
    [
      [files[1]],
      /neither a configuration nor modules in it; .*: linux-base-6\.1\.0-1-test and linux-modules-6\.1\.0-1-test$/,
    ],
    [
      [files[1], files[2]],
      /CONFIG_VIRTIO_NET \(it is =m\); name the file of the modules too: linux-modules-6/,
    ],
    [[files[3]], /no kernel in it: linux-modules-/],
  ]
  for (const [given, why] of refused)
    await t.rejects(prepare(...given), { name: 'UsageError', message: why }, given.join())
})

await t.test('what holds no kernel, two, a broken one or modules of another', async (t) => {
  const good = await deb('good.deb', { name: 'linux-image-good', files: { ...inBoot, ...virtioNet } })
  const other = await deb('other.deb', {
    name: 'linux-image-other',
    files: { 'boot/vmlinuz-6.9.0': fakeBzImage({ release: '6.9.0' }) },
  })
  const i386 = await deb('i386.deb', {
    name: 'linux-image-i386',
    files: { ...inBoot, [`boot/vmlinuz-${release}`]: fakeBzImage({ xloadflags: 0 }) },
  })
  const mixed = await deb('mixed.deb', {
    name: 'linux-image-mixed',
    files: {
      ...inBoot,
      [`lib/modules/${release}/kernel/virtio_net.ko`]: fakeModule({ name: 'virtio_net', release: '6.2.0' }),
    },
  })
  const hello = await deb('hello.deb', { name: 'hello', files: { 'usr/bin/hello': 'x' } })
  const damaged = join(dir, 'damaged.deb')
  const bytes = readFileSync(good)
  writeFileSync(damaged, bytes.fill(0x55, bytes.length - 200, bytes.length - 20))
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [[hello], /^--kernel deb:\S+hello\.deb: no kernel in it: hello$/],
    [[good, other], /two kernels, 6\.1\.0-1-test and 6\.9\.0: give one$/],
    [[i386], /no bootable kernel: it is a 32-bit kernel/],
    [[mixed], /was built for 6\.2\.0, the kernel is 6\.1\.0-1-test$/],
    [[damaged], /damaged\.deb: it cannot be unpacked: /],
  ]
  for (const [given, why] of refused)
    await t.rejects(prepare(...given), { name: 'UsageError', message: why }, given.join())
})

await t.test('a file that is no whole .deb is refused before anything is unpacked', async (t) => {
  const bytes = readFileSync(join(dir, 'good.deb'))
  const cases: readonly (readonly [string, Buffer | string, RegExp])[] = [
    ['empty', '', /it is empty$/],
    ['text', 'no package at all', /it is no \.deb package$/],
    ['archive', '!<arch>\n', /it is an archive, but no \.deb package$/],
    ['other-archive', `!<arch>\n${'x.o/'.padEnd(48)}${'0'.padEnd(10)}\`\n`, /an archive, but no \.deb/],
    ['head', bytes.subarray(0, 100), /cut off: it has 100 of at least \d+ bytes$/],
    ['half', bytes.subarray(0, bytes.length / 2), /cut off: it has \d+ of at least \d+ bytes$/],
    ['last', bytes.subarray(0, bytes.length - 2), /cut off/],
    ['control', bytes.subarray(0, bytes.indexOf('data.tar')), /a part of the package is missing$/],
    ['mangled', Buffer.concat([bytes.subarray(0, 60), Buffer.from('!!'), bytes.subarray(62)]), /damaged$/],
  ]
  for (const [name, content, why] of cases) {
    const file = join(dir, `${name}.deb`)
    writeFileSync(file, content)
    t.throws(() => parseKernelSource(`deb:${file}`), { name: 'UsageError', message: why }, name)
  }
  const good = join(dir, 'good.deb')
  const named: readonly (readonly [string, RegExp])[] = [
    ['', /give the path of a linux-image package/],
    [`${good},`, /one of the names is empty$/],
    [`${good},${good}`, /named twice$/],
    [dir, /it is a directory$/],
    [join(dir, 'nothing'), /no such file$/],
  ]
  for (const [text, why] of named)
    t.throws(() => parseKernelSource(`deb:${text}`), { name: 'UsageError', message: why }, text)
})

await t.test('nothing half-made is left in the cache by all of that', async (t) => {
  t.same(
    readdirSync(cache.dir).filter((name) => !/^(kernel-deb|config-\S+)-[0-9a-f]{16}$/.test(name)),
    [],
  )
  t.equal(readdirSync(cache.dir).length, 3, 'whole, lean, and the one in parts')
  for (const name of readdirSync(cache.dir))
    t.notOk(readdirSync(join(cache.dir, name)).some((file) => /^(work|root)$/.test(file)))
})
