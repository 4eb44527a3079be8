/**
 * The same question in guests that are not the micro guest: a full Debian with systemd, and an image as a stranger hands it
 * in, with a boot loader, DHCP and an irqbalance of its own. Is the answer the same, the balancer named, the image untouched?
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { openCache } from '../image/cache.ts'
import { parseGuestSource } from '../image/guest-source.ts'
import { initrdFor } from '../image/initrd.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { prepareKernel } from '../image/kernel.ts'
import { modulesFor, prepareGuestImage } from '../image/prepare-guest-image.ts'
import { bootableImage } from './bootable-image-fixture.ts'
import { rehearse } from './rehearsal-fixture.ts'

const scenario = resolve(import.meta.dirname, '../../scenarios/moving/deferred-move.ts')
const quiet = () => undefined
const dir = mkdtempSync(join(tmpdir(), 'irqlab-flavours-'))
t.teardown(() => rmSync(dir, { recursive: true }))

await t.test('a full Debian with systemd: the kernel does the same', async (t) => {
  const run = await rehearse({ scenario, guest: 'debian-full', retries: 1 })
  t.teardown(() => run.remove())
  t.match(run.record, {
    outcome: 'pass',
    guest: { flavour: 'debian-full', start: 'cold' },
  })
  t.equal(run.record.notes, undefined, 'no balancer ran')
  t.match(run.file('serial.log'), /Reached target .*multi-user\.target|irqlab login:/)
})

await t.test('a stranger’s image: its irqbalance is named, and not a byte of it is written', async (t) => {
  const cache = openCache()
  const source = parseGuestSource('debian-full')
  const guest = await prepareGuestImage(source, cache, quiet)
  const wanted = await modulesFor(source)
  const kernel = await prepareKernel(parseKernelSource('debian:6.1'), cache, quiet, quiet, wanted)
  const initrd = await initrdFor(guest, kernel, cache, quiet)
  const image = await bootableImage(dir, guest, { bzImage: kernel.bzImage, initrd })
  const sha256 = createHash('sha256').update(readFileSync(image)).digest('hex')
  const { key } = guest.login
  const keyFile = join(dir, 'key')
  writeFileSync(keyFile, 'privateKey' in key ? key.privateKey : '', { mode: 0o600 })

  const asked = `qcow2:${image},user=root,key=${keyFile},balancers=restarted`
  const run = await rehearse({ scenario: 'meets-a-balancer', guest: asked, retries: 0 })
  t.teardown(() => run.remove())
  t.match(run.record, {
    outcome: 'broken',
    stage: 'disturbed',
    reason: /disturbed: irqbalance-\d+ wrote mask 0x[0-9a-f]+ to irq \d+ at/,
    kernel: { source: 'own', release: kernel.release, sha256 },
    guest: { flavour: 'qcow2', sha256 },
  })
  t.ok(run.record.notes?.some((note) => note.startsWith('irqbalance ran in the guest and was stopped until')))
  t.equal(createHash('sha256').update(readFileSync(image)).digest('hex'), sha256, 'the image is what it was')
})
