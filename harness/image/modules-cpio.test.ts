import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import { run } from '../host/shell.ts'
import { cpioArchive } from './cpio.ts'
import { fakeModule } from './module-fixture.ts'
import { modulesCpio } from './modules-cpio.ts'

const parent = mkdtempSync(join(tmpdir(), 'irqlab-modules-'))
t.teardown(() => rmSync(parent, { recursive: true }))
const release = '6.1.0-1-test'

const net = fakeModule({ name: 'virtio_net', depends: 'net-failover,virtio' })
const netFailover = fakeModule({ name: 'net_failover', depends: 'failover' })
const failover = fakeModule({ name: 'failover' })
const virtio = fakeModule({ name: 'virtio' })

const dir = tree('good')
writeFileSync(join(dir, 'kernel/drivers/net/virtio_net.ko.zst'), zstdCompressSync(net))
writeFileSync(join(dir, 'kernel/drivers/net/net-failover.ko.gz'), gzipSync(netFailover))
writeFileSync(join(dir, 'kernel/drivers/failover.ko'), failover)
await run(['xz', join(dir, 'kernel/drivers/failover.ko')], { stage: 'test', limitMs: 10_000 })
writeFileSync(join(dir, 'kernel/drivers/virtio.ko'), virtio)
writeFileSync(join(dir, 'modules.builtin'), 'kernel/drivers/virtio/virtio-pci.ko\n')
const work = join(parent, 'work')
mkdirSync(work)

await t.test(
  'what is wanted comes after all that it needs, unpacked; what is built in stays out',
  async (t) => {
    const wanted = always('virtio_pci', 'virtio_net')
    const cpio = await modulesCpio({ dir, release }, wanted, work)
    const names = ['01-failover.ko', '02-net_failover.ko', '03-virtio.ko', '04-virtio_net.ko']
    const contents = [
      failover,
      netFailover,
      virtio,
      net,
      Buffer.from(names.map((name) => `${name}\n`).join('')),
    ]
    const expected = [...names, 'load-order'].map((name, index) => ({
      kind: 'file' as const,
      path: `/lib/modules-irqlab/${name}`,
      content: contents[index] ?? Buffer.alloc(0),
    }))
    t.ok(cpio?.equals(cpioArchive(expected)))
    t.equal(await modulesCpio({ dir, release }, always('virtio_pci'), work), undefined, 'nothing to load')
  },
)

await t.test('a module that is nowhere, of another build, or none at all', async (t) => {
  const wrong = { name: 'Trouble', stage: 'image.modules', lasting: true }
  await t.rejects(modulesCpio({ dir, release }, always('nvme'), work), {
    ...wrong,
    message: `no module nvme in ${dir} (needed by irqlab)`,
  })
  await t.rejects(modulesCpio({ dir, release: '6.1.0-2-test' }, always('virtio'), work), {
    ...wrong,
    message: /virtio\.ko was built for 6\.1\.0-1-test, the kernel is 6\.1\.0-2-test$/,
  })
  const bad = tree('bad')
  writeFileSync(join(bad, 'kernel/a.ko'), 'text')
  writeFileSync(join(bad, 'kernel/b.ko'), fakeModule({ name: 'b', depends: 'c' }))
  await t.rejects(modulesCpio({ dir: bad, release }, always('a'), work), {
    ...wrong,
    message: /a\.ko is no kernel module: it is no 64-bit ELF/,
  })
  await t.rejects(modulesCpio({ dir: bad, release }, always('b'), work), {
    ...wrong,
    message: `no module c in ${bad} (needed by b)`,
  })
})

await t.test(
  'a device has a list of its own, without what every guest loads; one without a driver has none',
  async (t) => {
    const wanted = {
      modules: ['virtio'],
      deviceModules: { nic: ['virtio_net'], disk: ['ahci', 'virtio'], port: ['virtio_pci'] },
    }
    const names = ['01-virtio.ko', '02-failover.ko', '03-net_failover.ko', '04-virtio_net.ko']
    const contents = [virtio, failover, netFailover, net]
    const lists = { 'load-order': names.slice(0, 1), 'load-order-nic': names.slice(1) }
    const expected = [
      ...names.map((name, at) => ({ name, content: contents[at] ?? Buffer.alloc(0) })),
      ...Object.entries(lists).map(([name, lines]) => ({
        name,
        content: Buffer.from(lines.map((line) => `${line}\n`).join('')),
      })),
    ].map(({ name, content }) => ({ kind: 'file' as const, path: `/lib/modules-irqlab/${name}`, content }))
    t.ok((await modulesCpio({ dir, release }, wanted, work))?.equals(cpioArchive(expected)))
    const onlyDevice = { modules: ['virtio_pci'], deviceModules: { nic: ['virtio_net'] } }
    t.ok(await modulesCpio({ dir, release }, onlyDevice, work), 'all else may be built in')
    await t.rejects(
      modulesCpio({ dir: tree('cut'), release }, { modules: [], deviceModules: { b: ['b'] } }, work),
      { name: 'Trouble', message: /^no module c in / },
      'a module without what it needs is no missing driver',
    )
  },
)

function always(...modules: readonly string[]) {
  return { modules, deviceModules: {} }
}

function tree(name: string): string {
  const path = join(parent, name)
  mkdirSync(join(path, 'kernel/drivers/net'), { recursive: true })
  if (name === 'cut') writeFileSync(join(path, 'kernel/b.ko'), fakeModule({ name: 'b', depends: 'c' }))
  return path
}
