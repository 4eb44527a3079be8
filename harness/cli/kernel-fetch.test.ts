import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { fakeBzImage } from '../image/bzimage-fixture.ts'
import { makeDeb } from '../image/deb-fixture.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())
const file = join(place.dir, 'some.deb')
await makeDeb(file, { name: 'linux-image-some', files: { 'boot/vmlinuz-6.1.0-1-test': fakeBzImage() } })
const partials = () => readdirSync(place.cache).filter((name) => name.startsWith('partial-'))

await t.test('a fetch that fails says why in one line, and leaves nothing', async (t) => {
  const failed = await irqlab(place, ['kernel', 'fetch', `deb:${file}`])
  t.match(failed, { status: 64, stdout: '' })
  t.match(failed.stderr, /irqlab: --kernel deb:\S+some\.deb: neither a configuration nor modules in it/)
  t.same(readdirSync(place.cache), [])
})

await t.test('a fetch that is killed in the middle leaves nothing half-made in the cache', async (t) => {
  // Says that it is at work, and then is never done.
  const bin = join(place.dir, 'bin')
  const told = join(place.dir, 'at-work')
  mkdirSync(bin)
  writeFileSync(join(bin, 'dpkg-deb'), `#!/bin/sh\nls "${place.cache}" > "${told}"\nexec sleep 60\n`)
  chmodSync(join(bin, 'dpkg-deb'), 0o755)
  const program = ['timeout', '-s', 'KILL', '5', process.execPath, resolve(import.meta.dirname, '../main.ts')]
  const { status } = await irqlab(place, ['kernel', 'fetch', `deb:${file}`], {
    program,
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  })
  t.not(status, 0)
  t.ok(existsSync(told), 'it was in the middle of it')
  t.match(readFileSync(told, 'utf8'), /^partial-\d+-\d+$/m, 'in a directory of its own')
  const limit = new Deadline('test', 'clearing up', 10_000)
  await poll(limit, () => (partials().length === 0 ? true : undefined), { everyMs: 100 })
  t.same(partials(), [])
})
