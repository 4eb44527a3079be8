/** Can a stranger's archive make us write, follow, crash or fill the memory? Twenty that try, and some that were only cut. */
import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { captureOf } from '../diagnose/capture.ts'
import { doctoredCapture } from '../diagnose/doctored-capture-fixture.ts'
import { readArchive } from './archive.ts'
import { MEMBER_BYTES_MAX, MEMBERS_MAX } from './archive-limits.ts'
import { readFolder } from './folder.ts'
import { captureIn } from './read.ts'
import { type Member, paxOf, tarOf, tgzOf } from './hostile-archives-fixture.ts'

const good: readonly Member[] = [...doctoredCapture().files].map(([path, content]) => ({
  path: `irqlab-capture/${path}`,
  content,
}))
const [manifest = { path: '' }] = good
const zeros = (mib: number) => Buffer.alloc(mib * 1024 ** 2)

/** Refused whole, with these words. */
const refused: readonly (readonly [what: string, bytes: () => Buffer, says: RegExp])[] = [
  [
    'climbs',
    () => tgzOf([...good, { path: '../../evil', content: 'x' }]),
    /refused: the name "..\/..\/evil" leads out/,
  ],
  ['climbs later', () => tgzOf([...good, { path: 'irqlab-capture/../../evil', content: 'x' }]), /leads out/],
  ['is absolute', () => tgzOf([...good, { path: '/etc/cron.d/evil', content: 'x' }]), /leads out/],
  ['is absolute behind a dot', () => tgzOf([...good, { path: './/etc/evil', content: 'x' }]), /leads out/],
  [
    'climbs by an extended header',
    () => tgzOf([...good, paxOf({ path: '../evil' }), { path: 'fine', content: 'x' }]),
    /leads out/,
  ],
  ['climbs the Windows way', () => tgzOf([...good, { path: '..\\evil', content: 'x' }]), /leads out|refused/],
  ['hides a line in a name', () => tgzOf([...good, { path: 'a\nb\u001B[2J', content: 'x' }]), /leads out/],
  [
    'is a symbolic link',
    () => tgzOf([...good, { path: 'irqlab-capture/l', type: '2', link: '/etc' }]),
    /no file but a symbolic link/,
  ],
  [
    'is a link to its own',
    () => tgzOf([{ path: 'manifest.json', type: '2', link: 'a' }, ...good]),
    /symbolic link/,
  ],
  [
    'is a hard link',
    () => tgzOf([...good, { path: 'irqlab-capture/h', type: '1', link: '/etc/shadow' }]),
    /hard link/,
  ],
  [
    'is a character device',
    () => tgzOf([...good, { path: 'irqlab-capture/d', type: '3' }]),
    /no file but a device/,
  ],
  [
    'is a block device',
    () => tgzOf([...good, { path: 'irqlab-capture/d', type: '4' }]),
    /no file but a device/,
  ],
  ['is a pipe', () => tgzOf([...good, { path: 'irqlab-capture/p', type: '6' }]), /named pipe/],
  ['comes twice', () => tgzOf([...good, manifest]), /has "irqlab-capture\/manifest.json" twice/],
  [
    'are too many',
    () => tgzOf(Array.from({ length: MEMBERS_MAX + 1 }, (_, at) => ({ path: `f${at}` }))),
    /more than 500 members/,
  ],
  [
    'is too large',
    () => tgzOf([{ path: 'big', content: zeros(MEMBER_BYTES_MAX / 1024 ** 2 + 1) }]),
    /more than 64 MiB/,
  ],
  ['claims to be', () => tarOf([{ path: 'big', size: 8 * 1024 ** 3 - 1 }]), /more than 64 MiB/],
  [
    'is a bomb',
    () => tgzOf(Array.from({ length: 5 }, (_, at) => ({ path: `z${at}`, content: zeros(60) }))),
    /unpacks to more than 256 MiB/,
  ],
  [
    'has a long name',
    () => tgzOf([paxOf({ path: 'a/'.repeat(150) }), { path: 'x' }]),
    /longer than 200 characters/,
  ],
  ['is no archive', () => Buffer.from('hello, I am a tarball\n'.repeat(100)), /no file can be read in it/],
  ['is empty', () => Buffer.alloc(0), /it is empty/],
  ['is only zeros', () => zeros(1), /no file can be read in it/],
  [
    'is packed by nobody',
    () => Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]),
    /no file can be read in it: .*\(xz: /,
  ],
  ['is packed otherwise', () => Buffer.from('PK\u0003\u0004zip', 'latin1'), /packed with zip/],
  [
    'is packed noise',
    () => Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(4000, 'noise')]),
    /no file can be read|it is empty/,
  ],
]

await t.test('hostile archives', async (t) => {
  const dir = t.testdir()
  const before = readdirSync(dir)
  for (const [what, bytes, says] of refused) {
    const path = join(dir, 'archive')
    writeFileSync(path, bytes())
    await t.rejects(
      async () => captureIn(await readArchive(path)),
      { name: 'Trouble', message: says },
      `a member ${what}`,
    )
  }
  t.same(readdirSync(dir), [...before, 'archive'], 'nothing was written beside it')
  await t.rejects(readArchive(join(dir, 'absent')), { name: 'Trouble', message: /cannot read .*ENOENT/ })
})

await t.test('a good one, packed and not, whatever its folder is called', async (t) => {
  const dir = t.testdir()
  for (const [name, bytes] of [
    ['a.tar.gz', tgzOf(good)],
    ['a.tar', tarOf(good)],
    [
      'renamed',
      tgzOf(good.map((one) => ({ ...one, path: one.path.replace('irqlab-capture', './case-0421') }))),
    ],
    ['flat', tgzOf(good.map((one) => ({ ...one, path: one.path.replace('irqlab-capture/', '') })))],
    ['something behind its end', Buffer.concat([tarOf(good), Buffer.alloc(5000, 'x')])],
    ['with its directories', tgzOf([{ path: 'irqlab-capture/', type: '5' }, ...good])],
  ] as const) {
    writeFileSync(join(dir, name), bytes)
    const { files, defects } = await readArchive(join(dir, name))
    t.same(captureOf(files, defects).defects, [], name)
  }
})

await t.test('one that was cut is read as far as it goes, and says so', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'cut.tar')
  const whole = tarOf(good)
  for (const bytes of [whole.length - 1024, whole.length - 1600, Math.floor(whole.length / 2)]) {
    writeFileSync(path, whole)
    truncateSync(path, bytes)
    const { files, defects } = await readArchive(path)
    const capture = captureOf(files, defects)
    const missing = good.filter((one) => !files.has(one.path)).length
    t.equal(
      capture.defects.filter((defect) => /is missing|no checksums/.test(defect)).length > 0,
      missing > 0,
    )
  }
  const packed = tgzOf(good)
  writeFileSync(path, packed.subarray(0, packed.length - 300))
  const cut = await readArchive(path)
  t.match(cut.defects.join(), /ends too early or is mangled/)
  const mangled = Buffer.from(whole)
  mangled.write('virtio0-input.9', mangled.indexOf('virtio0-input.1'))
  writeFileSync(path, mangled)
  const { files, defects } = await readArchive(path)
  t.match([...captureOf(files, defects).defects].join(), /checksum differs/, 'content that changed')
  writeFileSync(path, tarOf([...good, { path: 'irqlab-capture/odd', content: 'x', badSum: true }]))
  t.match((await readArchive(path)).defects.join(), /checksum failure/, 'a header that changed')
})

await t.test('no capture: another archive, another version, a manifest that lies', async (t) => {
  const files = (text: string) => new Map([['x/manifest.json', Buffer.from(text)]])
  t.throws(() => captureOf(new Map([['a', Buffer.from('b')]])), {
    name: 'Trouble',
    message: /no manifest.json/,
  })
  t.throws(() => captureOf(files('{')), { name: 'Trouble', message: /no JSON/ })
  t.throws(() => captureOf(files('{"schema":"irqlab.capture/2"}')), {
    name: 'Trouble',
    message: /schema is "irqlab.capture\/2"/,
  })
})

await t.test('a folder: no links, no pipes, and its limits', async (t) => {
  const dir = t.testdir({ 'irqlab-capture': { 'manifest.json': '{}' } })
  symlinkSync('/etc/passwd', join(dir, 'irqlab-capture/host.txt'))
  symlinkSync('/', join(dir, 'irqlab-capture/first'))
  const { files, defects } = readFolder(dir)
  t.same([...files.keys()], ['irqlab-capture/manifest.json'])
  t.equal(defects.length, 2)
  const many = join(dir, 'many')
  mkdirSync(many)
  for (let at = 0; at <= MEMBERS_MAX; at++) writeFileSync(join(many, `f${at}`), '')
  t.throws(() => readFolder(dir), { name: 'Trouble', message: /refused: it holds more than 500 files/ })
  t.throws(() => readFolder(join(dir, 'absent')), { name: 'Trouble', message: /ENOENT/ })
})
