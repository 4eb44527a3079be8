import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lastUsed, usedMb } from './sizes.ts'

await t.test('a hole in a file takes up nothing', async (t) => {
  const dir = t.testdir({})
  const [full, sparse] = [join(dir, 'full'), join(dir, 'sparse')]
  writeFileSync(full, Buffer.alloc(3e6, 1))
  const file = openSync(sparse, 'w')
  ftruncateSync(file, 100e6)
  closeSync(file)
  t.ok(usedMb(full) >= 2.9 && usedMb(full) < 3.2, `${usedMb(full)}`)
  t.ok(usedMb(sparse) < 1, `${usedMb(sparse)}`)
})

await t.test('the snapshot used last is the one, and only of this kernel and machine', async (t) => {
  const image = (name: string, at: number) => ({
    name,
    path: `/c/${name}`,
    sizeBytes: 1,
    usedAt: new Date(at),
  })
  const images = [image('warm-6.1-plain-a', 1), image('warm-6.1-plain-b', 2), image('warm-6.1-remapped-c', 3)]
  t.equal(lastUsed(images, 'warm-6.1-plain-')?.name, 'warm-6.1-plain-b')
  t.equal(lastUsed(images, 'warm-6.12-plain-'), undefined)
})
