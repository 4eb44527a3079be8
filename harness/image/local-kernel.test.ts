import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import { fakeBzImage } from './bzimage-fixture.ts'
import { openCache } from './cache.ts'
import { neededToBoot } from './kernel-config.ts'
import { parseKernelSource } from './kernel-source.ts'
import { localKernel } from './local-kernel.ts'
import { readMicroRecipe } from './micro-recipe.ts'
import type { BootableKernel } from './kernel.ts'
import { fakeModule } from './module-fixture.ts'

const parent = mkdtempSync(join(tmpdir(), 'irqlab-local-'))
t.teardown(() => rmSync(parent, { recursive: true }))
const cache = openCache(join(parent, 'cache'))
const release = '6.1.0-1-test'

/** A configuration with all that is needed, but for the lines given. */
function config(lines: Readonly<Record<string, string>> = {}): string {
  const values = { ...Object.fromEntries(neededToBoot.map(({ option }) => [option, 'y'])), ...lines }
  return Object.entries(values)
    .map(([name, value]) => (value === '' ? `# ${name} is not set\n` : `${name}=${value}\n`))
    .join('')
}

async function prepare(text: string): Promise<BootableKernel> {
  const source = parseKernelSource(text)
  if (source.kind !== 'local') throw new Error('a local kernel was meant')
  return localKernel(source, cache, () => {}, readMicroRecipe())
}

function kernelIn(name: string, bzImage: Buffer = fakeBzImage()): string {
  const dir = join(parent, name)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'bzImage'), bzImage)
  return dir
}

await t.test('a kernel with all built in needs no modules', async (t) => {
  const dir = kernelIn('lean/arch/x86/boot')
  writeFileSync(join(parent, 'lean/.config'), config())
  t.match(await prepare(join(dir, 'bzImage')), {
    source: join(dir, 'bzImage'),
    release,
    modulesCpio: undefined,
    config: join(parent, 'lean/.config'),
    packageVersion: undefined,
    sha256: /^[0-9a-f]{64}$/,
  })
})

await t.test('a kernel that cannot reach SSH is refused, naming what it lacks', async (t) => {
  const dir = kernelIn('lacking')
  writeFileSync(join(dir, `config-${release}`), config({ CONFIG_SMP: '', CONFIG_VIRTIO_NET: 'm' }))
  await t.rejects(prepare(join(dir, 'bzImage')), {
    name: 'UsageError',
    message: /built without CONFIG_SMP, CONFIG_VIRTIO_NET \(it is =m\); give the modules: PATH,modules=DIR$/,
  })
})

await t.test('modules are found in what make modules_install leaves, and packed by content', async (t) => {
  const dir = kernelIn('modular')
  writeFileSync(join(dir, `config-${release}`), config({ CONFIG_VIRTIO_NET: 'm' }))
  const file = join(dir, 'out/lib/modules', release, 'kernel/virtio_net.ko')
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, fakeModule({ name: 'virtio_net' }))
  const texts = ['out', 'out/lib/modules', `out/lib/modules/${release}`].map(
    (at) => `${join(dir, 'bzImage')},modules=${join(dir, at)}`,
  )
  const paths = new Set<string | undefined>()
  for (const text of texts) paths.add((await prepare(text)).modulesCpio)
  const [path = ''] = paths
  t.equal(paths.size, 1)
  t.match(readFileSync(path, 'latin1'), /lib\/modules-irqlab\/01-virtio_net\.ko/)
  writeFileSync(file, fakeModule({ name: 'virtio_net', depends: 'failover' }))
  await t.rejects(prepare(texts[0] ?? ''), {
    name: 'UsageError',
    message: /^--kernel .*no module failover in .* \(needed by virtio_net\)$/,
  })
  writeFileSync(file, fakeModule({ name: 'virtio_net', release: '6.1.0-2-test' }))
  await t.rejects(prepare(texts[0] ?? ''), {
    name: 'UsageError',
    message: /was built for 6\.1\.0-2-test, the kernel is 6\.1\.0-1-test$/,
  })
  t.notOk(
    readdirSync(tmpdir()).some(
      (name) => name.startsWith('irqlab-modules-') && existsSync(join(tmpdir(), name, 'virtio_net.ko')),
    ),
  )
})

await t.test('the configuration inside the kernel is found, and looked for once', async (t) => {
  const inside = Buffer.concat([
    Buffer.from('...IKCFG_ST'),
    gzipSync(config({ CONFIG_SMP: '' })),
    Buffer.from('IKCFG_ED...'),
  ])
  const size = Buffer.alloc(4)
  for (const [name, payload] of [
    ['gzip', gzipSync(inside)],
    ['zstd', Buffer.concat([zstdCompressSync(inside), size])],
  ] as const) {
    const dir = kernelIn(name, fakeBzImage({ payload }))
    await t.rejects(
      prepare(join(dir, 'bzImage')),
      { name: 'UsageError', message: /built without CONFIG_SMP$/ },
      name,
    )
  }
  for (const payload of [
    gzipSync('nothing'),
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3, 4]),
    Buffer.from('lz4?'),
  ]) {
    const dir = kernelIn('none', fakeBzImage({ payload }))
    t.equal((await prepare(join(dir, 'bzImage'))).config, undefined)
  }
  t.equal(readdirSync(cache.dir).filter((name) => name.startsWith('config-')).length, 5)
})
