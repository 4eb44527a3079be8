import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { cpioArchive } from '../image/cpio.ts'
import { guestThatSays } from './guest-that-says-fixture.ts'
import { provideTools } from './guest-tools.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-tools-'))
t.teardown(() => rmSync(dir, { recursive: true }))
const initramfs = join(dir, 'initramfs.cpio')
writeFileSync(
  initramfs,
  cpioArchive([{ kind: 'file', path: '/bin/busybox', content: Buffer.from('a busybox') }]),
)

async function provided(found: string) {
  const { commands, scripts } = guestThatSays([[/command -v/, found]])
  const brought = new Map<string, string>()
  const upload = async (path: string, content: Buffer) => {
    brought.set(path, content.toString('latin1'))
  }
  const notes = await provideTools(commands, upload, initramfs)
  return { notes, brought, last: scripts.at(-1) ?? '' }
}

await t.test('what lacks is brought along, behind what is there', async (t) => {
  const { notes, brought, last } = await provided('lacks arping\nlacks nameif\nplace /var/tmp/irqlab\n')
  t.same([...brought.keys()], ['/var/tmp/irqlab/kcore-words', '/var/tmp/irqlab/busybox'])
  t.equal(brought.get('/var/tmp/irqlab/busybox'), 'a busybox')
  t.match(last, /^PATH=\$PATH:\/var\/tmp\/irqlab; kcore_words=\/var\/tmp\/irqlab\/kcore-words$/m)
  t.match(last, /^ln -sf busybox \/var\/tmp\/irqlab\/arping$/m)
  t.match(notes, [/has no arping, nameif: busybox was brought along/])
})

await t.test('a guest with everything gets one small program', async (t) => {
  const { notes, brought } = await provided('place /run/irqlab\n')
  t.same([...brought.keys()], ['/run/irqlab/kcore-words'])
  t.same(notes, [])
})

await t.test('a guest in which no program of ours starts', async (t) => {
  const { notes, brought } = await provided('lacks arping\n')
  t.equal(brought.size, 0)
  t.match(notes, [/has no arping, and takes no program of ours/])
})
