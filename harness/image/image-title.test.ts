import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { listImages, openCache } from './cache.ts'
import { writeFacts } from './image-facts.ts'
import { imageTitle } from './image-title.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-title-'))
t.teardown(() => rmSync(dir, { recursive: true }))

const key = '00000000000000aa'
const names = [
  'config-x',
  'initrd-x',
  'kernel-6.1',
  'kernel-damaged',
  'kernel-unfinished',
  'memory-kvm-proof',
  'micro',
  'modules-x',
]
for (const name of names) mkdirSync(join(dir, `${name}-${key}`))
mkdirSync(join(dir, 'partial-1-2'))
writeFacts(
  join(dir, `kernel-6.1-${key}`),
  { release: '6.1.0-56-cloud-amd64', packageVersion: '6.1.192-2' },
  [],
)
writeFileSync(join(dir, `kernel-damaged-${key}/facts.json`), '{}')
writeFacts(join(dir, `micro-${key}`), {}, [
  { name: 'busybox-static', version: '1:1.35' },
  { name: 'libc6', version: '2.36' },
])

t.same(
  listImages(openCache(dir)).map((image) => imageTitle(image)),
  [
    'configuration found inside a kernel of your own',
    'a guest with the modules of one kernel',
    'Linux 6.1.0-56-cloud-amd64 (Debian 6.1.192-2)',
    'damaged',
    'unfinished',
    'what was found out about this host: its QEMU, its KVM',
    'the micro guest (busybox-static 1:1.35)',
    'modules of a kernel of your own',
    'left by a build that died',
  ],
)
