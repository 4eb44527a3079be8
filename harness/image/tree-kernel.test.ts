import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { fakeBzImage } from './bzimage-fixture.ts'
import { openCache } from './cache.ts'
import { type BootableKernel, prepareKernel } from './kernel.ts'
import { neededToBoot, neededToTrace } from './kernel-config.ts'
import { parseKernelSource } from './kernel-source.ts'
import { fakeModule } from './module-fixture.ts'

const parent = mkdtempSync(join(tmpdir(), 'irqlab-tree-'))
t.teardown(() => rmSync(parent, { recursive: true }))
const cache = openCache(join(parent, 'cache'))

/** A configuration with all that is needed, but for the lines given. */
const config = (lines: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    ...Object.fromEntries([...neededToBoot, ...neededToTrace].map(({ option }) => [option, 'y'])),
    CONFIG_VIRTIO_MENU: 'y',
    CONFIG_NETDEVICES: 'y',
    ...lines,
  })
    .map(([name, value]) => (value === '' ? `# ${name} is not set\n` : `${name}=${value}\n`))
    .join('')

/** A tree with these files. */
function tree(name: string, files: Readonly<Record<string, Buffer | string>>): string {
  const dir = join(parent, name)
  for (const [file, content] of Object.entries({ Kbuild: '', 'scripts/config': '', ...files })) {
    mkdirSync(dirname(join(dir, file)), { recursive: true })
    writeFileSync(join(dir, file), content)
  }
  return dir
}

const built = { '.config': config(), 'arch/x86/boot/bzImage': fakeBzImage() }

async function prepare(
  dir: string,
): Promise<{ readonly kernel: BootableKernel; readonly told: readonly string[] }> {
  const told: string[] = []
  const kernel = await prepareKernel(parseKernelSource(`tree:${dir}`), cache, (line) => told.push(line))
  return { kernel, told }
}

await t.test('a built tree: kernel, configuration, and no modules where all is built in', async (t) => {
  const dir = tree('lean', built)
  const { kernel, told } = await prepare(dir)
  t.match(kernel, {
    source: `tree:${dir}`,
    release: '6.1.0-1-test',
    bzImage: join(dir, 'arch/x86/boot/bzImage'),
    config: join(dir, '.config'),
    configSha256: /^[0-9a-f]{64}$/,
    modulesCpio: undefined,
    packageVersion: undefined,
    notes: [],
  })
  t.same(told, [])
})

await t.test('modules are taken from where they were linked, as every kernel lists them', async (t) => {
  const modules = {
    '.config': config({ CONFIG_VIRTIO_NET: 'm' }),
    'drivers/net/virtio_net.ko': fakeModule({ name: 'virtio_net', depends: 'net_failover' }),
    'drivers/net/net_failover.ko': fakeModule({ name: 'net_failover' }),
  }
  const orders = {
    'up to 6.1': 'drivers/net/net_failover.ko\ndrivers/net/virtio_net.ko\n',
    'since 6.2': 'drivers/net/net_failover.o\ndrivers/net/virtio_net.o\nnever/linked.o\n',
    'long ago': 'kernel/drivers/net/net_failover.ko\nkernel/drivers/net/virtio_net.ko\n',
  }
  for (const [name, order] of Object.entries(orders)) {
    const { kernel } = await prepare(tree(name, { ...built, ...modules, 'modules.order': order }))
    t.match(readFileSync(kernel.modulesCpio ?? '', 'latin1'), /01-net_failover\.ko.*02-virtio_net\.ko/s, name)
  }
  const stale = fakeModule({ name: 'virtio_net', release: '6.1.0-2-test' })
  const order = { 'modules.order': orders['since 6.2'] }
  await t.rejects(
    prepare(tree('mixed', { ...built, ...modules, ...order, 'drivers/net/virtio_net.ko': stale })),
    {
      name: 'UsageError',
      message: /was built for 6\.1\.0-2-test, the kernel is 6\.1\.0-1-test$/,
    },
  )
  await t.rejects(prepare(tree('unlinked', { ...built, '.config': modules['.config'] })), {
    name: 'UsageError',
    message:
      /: the modules of CONFIG_VIRTIO_NET \(=m\) were not built; run in it: make modules, or build them in: scripts\/config --enable .*VIRTIO_NET && make/,
  })
})

await t.test(
  'what is missing is named, with the command that adds it and what that depends on',
  async (t) => {
    const lacking = config({ CONFIG_VIRTIO_NET: '', CONFIG_SERIAL_8250_CONSOLE: '', CONFIG_X86_64: '' })
    await t.rejects(prepare(tree('lacking', { ...built, '.config': lacking })), {
      name: 'UsageError',
      message:
        /: built without CONFIG_X86_64 \(.*\), CONFIG_SERIAL_8250_CONSOLE \(the console\), CONFIG_VIRTIO_NET \(.*\); run in it: scripts\/config --enable TTY --enable SERIAL_8250 --enable PCI --enable NET --enable NET_CORE --enable 64BIT --enable SERIAL_8250_CONSOLE --enable VIRTIO_NET && make olddefconfig && make -j\$\(nproc\) bzImage modules$/,
    })
    const blind = await prepare(tree('blind', { ...built, '.config': config({ CONFIG_KPROBE_EVENTS: '' }) }))
    t.match(blind.told, [
      /built without CONFIG_KPROBE_EVENTS \(.*on which the trace rests; run in it: scripts\/config/,
    ])
    t.same(blind.kernel.notes, blind.told)
  },
)

await t.test('a kernel older than its configuration is booted, and said to be', async (t) => {
  const dir = tree('stale', built)
  utimesSync(join(dir, 'arch/x86/boot/bzImage'), new Date(), new Date(Date.now() - 3_600_000))
  const { told, kernel } = await prepare(dir)
  t.match(told, [/^tree:.*stale: its bzImage is 60 min older than its \.config: /])
  t.same(kernel.notes, told)
})

await t.test('what is no built tree is refused with what to run', async (t) => {
  const unconfigured = tree('unconfigured', {})
  const unbuilt = tree('unbuilt', { '.config': config() })
  const lacking = tree('unbuilt-lacking', { '.config': config({ CONFIG_TMPFS: '' }) })
  const out = join(parent, 'out')
  mkdirSync(out)
  writeFileSync(join(out, '.config'), config({ CONFIG_TMPFS: '' }))
  const i386 = tree('i386', { ...built, 'arch/x86/boot/bzImage': fakeBzImage({ xloadflags: 0 }) })
  const damaged = tree('damaged', { ...built, '.config': 'CONFIG_SMP\n' })
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /give the directory of a built tree, as tree:DIR$/],
    [join(parent, 'nowhere'), /no such directory$/],
    [join(unbuilt, '.config'), /it is a file, give the directory of a tree$/],
    [parent, /it is no Linux tree: /],
    [unconfigured, /never configured; run in it: make defconfig/],
    [
      unbuilt,
      /never built \(no arch\/x86\/boot\/bzImage\); run in it: make -j\$\(nproc\) bzImage modules; or /,
    ],
    [
      lacking,
      /never built .*run in it: scripts\/config --enable SHMEM --enable TMPFS && make olddefconfig && make/,
    ],
    [out, /run in it: source\/scripts\/config --enable SHMEM/],
    [i386, /32-bit kernel/],
    [damaged, /its \.config cannot be read: .*\.config:1 is no line/],
  ]
  for (const [dir, why] of refused)
    t.throws(() => parseKernelSource(`tree:${dir}`), { name: 'UsageError', message: why }, dir)
})
