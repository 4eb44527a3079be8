/** Is an archive unpacked whatever it is packed with, and does it stop where a stranger's goes too far? */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { crc32, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import { run } from '../host/shell.ts'
import { tarOf, tgzOf } from './hostile-archives-fixture.ts'
import { looked } from './looked-fixture.ts'
import { reportMembers } from './report-members-fixture.ts'

const zeros = (mib: number) => Buffer.alloc(mib * 1024 ** 2)
const good = reportMembers()
const root = good[0]?.path ?? ''

async function packed(dir: string, tar: Buffer, program: string): Promise<Buffer> {
  const path = join(dir, 'plain')
  writeFileSync(path, tar)
  await run(['sh', '-c', `${program} -c <"$0" >"$0.packed"`, path], { stage: 'test', limitMs: 60_000 })
  const bytes = readFileSync(`${path}.packed`)
  rmSync(path)
  rmSync(`${path}.packed`)
  return bytes
}

await t.test('plain, and by every packer that sosreport has', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'report')
  const tar = tarOf(good)
  for (const [name, bytes] of [
    ['plain', tar],
    ['gzip', tgzOf(good)],
    ['xz', await packed(dir, tar, 'xz -9')],
    ['bzip2', await packed(dir, tar, 'bzip2')],
    ['zstd', zstdCompressSync(tar)],
  ] as const) {
    writeFileSync(path, bytes)
    const found = await looked('archive', path)
    t.match(
      typeof found === 'string' ? found : { defects: found.seen.defects, finding: found.findings[0] },
      { defects: [], finding: { name: 'pending-and-quiet', irq: 25 } },
      name,
    )
  }
})

await t.test('packed with xz and bzip2: bombs, cuts, and headers that ask for gigabytes', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'report')
  const look = async (bytes: Buffer) => {
    writeFileSync(path, bytes)
    return looked('archive', path)
  }
  const bomb = tarOf([
    { path: 'z', content: zeros(60) },
    ...[1, 2, 3, 4].map((at) => ({ path: `z${at}`, content: zeros(60) })),
  ])
  t.match(await look(await packed(dir, bomb, 'xz -0')), /refused: it unpacks to more than 256 MiB/)
  for (const program of ['xz -0', 'bzip2 -1']) {
    t.match(await look(await packed(dir, bomb, program)), /refused: it unpacks to more than 256 MiB/, program)
    const whole = await packed(
      dir,
      tarOf([...good, { path: `${root}proc/kallsyms`, content: noise(600_000) }]),
      program,
    )
    const cut = await look(whole.subarray(0, whole.length - 50_000))
    if (typeof cut === 'string') t.fail(cut)
    else {
      t.match(
        cut.seen.defects,
        [/the archive ends too early or is mangled \((?:xz|bzip2)/],
        `${program}: it says so`,
      )
      t.match(cut.findings[0], { name: 'pending-and-quiet', irq: 25 }, 'and what came before is good')
    }
    const mangled = Buffer.from(whole)
    mangled.fill(0xa5, 200, 400)
    t.match(await look(mangled), /the archive ends too early or is mangled \((?:xz|bzip2)/)
  }
  // The dictionary's size is one byte of the first block's header: 38 is 2 GiB.
  const greedy = await packed(dir, tarOf(good), 'xz -0')
  const header = greedy.subarray(12, 12 + ((greedy[12] ?? 0) + 1) * 4)
  header[header.indexOf(0x21) + 2] = 38
  header.writeUInt32LE(crc32(header.subarray(0, -4)), header.length - 4)
  t.match(await look(greedy), /refused: xz would need too much memory/)
  const behind = Buffer.concat([
    await packed(dir, tarOf(good), 'xz -0'),
    Buffer.from('something behind its end'),
  ])
  t.type(await look(behind), 'object')
  t.same(readdirSync(dir), ['report'])
})

await t.test('without the program that unpacks it', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'report.tar.xz')
  writeFileSync(path, await packed(dir, tarOf(good), 'xz -0'))
  const words = `import { readArchive } from ${JSON.stringify(join(import.meta.dirname, 'archive.ts'))}
    await readArchive(${JSON.stringify(path)}).catch((error) => process.stdout.write(error.message + '|' + error.hint))`
  const shell = ['sh', '-c', 'PATH=/nowhere; export PATH; exec "$0" --input-type=module -e "$1"']
  const { stdout } = await run([...shell, execPath, words], { stage: 'test', limitMs: 60_000 })
  t.match(stdout, /Cannot start xz: no such program\|Install the package that has xz/)
})

/** Bytes that no packer makes smaller, the same each time. */
function noise(length: number): Buffer {
  let state = 1
  return Buffer.from(Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) & 255))
}
