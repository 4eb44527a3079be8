/** A restored guest is as good as a booted one; and whatever becomes of its snapshot, the verdict is right. */
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../host/shell.ts'
import type { RunRecord } from '../record/run-record.ts'
import { rehearse, type RehearsalRequest } from './rehearsal-fixture.ts'

const MOVE = new URL('../../scenarios/moving/deferred-move.ts', import.meta.url).pathname
const snapshots = mkdtempSync(join(tmpdir(), 'irqlab-snapshots-'))
t.teardown(() => rmSync(snapshots, { recursive: true, force: true }))

/** The notes of a run, the record, and nothing left on disk. */
async function recordOf(request: RehearsalRequest): Promise<RunRecord> {
  const rehearsal = await rehearse({ snapshots, ...request })
  rehearsal.remove()
  return rehearsal.record
}

/** The one snapshot there is. */
function snapshotDir(dir = snapshots): string {
  const [name, ...others] = readdirSync(dir)
  if (name === undefined || others.length > 0)
    throw new RangeError(`not one snapshot: ${readdirSync(dir).join()}`)
  return join(dir, name)
}

await t.test('the first run boots and puts its guest aside, the second starts from it', async (t) => {
  t.match(await recordOf({ scenario: MOVE }), { outcome: 'pass', guest: { start: 'cold' } })
  const made = statSync(join(snapshotDir(), 'memory'))
  const warm = await rehearse({ scenario: MOVE, snapshots })
  t.match(warm.record, { outcome: 'pass', guest: { start: 'warm' } }, warm.record.reason)
  t.match(warm.file('boot-serial.log'), /irqlab-stage: network/, 'the console of the boot behind it')
  warm.remove()
  t.same(statSync(join(snapshotDir(), 'memory')).mtimeMs, made.mtimeMs, 'and is the one that was made')
  t.match(
    await recordOf({ scenario: MOVE, cold: true }),
    { outcome: 'pass', guest: { start: 'cold' } },
    '--cold',
  )
})

await t.test('two guests of one snapshot have the time of day, and other random numbers', async (t) => {
  const said: string[] = []
  for (let round = 0; round < 2; round++) {
    const { reason, guest } = await recordOf({ scenario: 'tells-the-time' })
    t.equal(guest.start, 'warm')
    const [, seconds = '', random = ''] = /the guest says (\d+) (\S+ \S+) /.exec(reason) ?? []
    t.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 60, `${seconds} is about now`)
    said.push(random)
  }
  t.equal(new Set(said).size, 2, said.join(' and '))
})

/** Ways to hurt a snapshot, and what is said of it. */
const DAMAGE: Readonly<Record<string, [(dir: string) => void, RegExp]>> = {
  'its memory cut': [(dir) => truncateSync(join(dir, 'memory'), 5_000_000), /5000000 bytes/],
  'one bit flipped': [(dir) => flipBit(join(dir, 'memory'), 60_000_001), /sha256/],
  'replaced by a file that QEMU cannot read': [
    (dir) => replace(dir, (memory) => memory.fill(0xa5, 0, 4096)),
    /QEMU|migration/i,
  ],
  'made by another version of its devices': [
    (dir) => replace(dir, (memory) => memory.write('pc-q35-1.0', memory.indexOf('pc-q35-'))),
    /QEMU|migration|machine/i,
  ],
  'facts that are no JSON': [(dir) => writeFileSync(join(dir, 'snapshot.json'), '{'), /JSON/],
  'the places of the state words lost': [
    (dir) => edit(join(dir, 'snapshot.json'), /"stateOffsets": \{[^}]*\}/, '"stateOffsets": {}'),
    /whether irq \d+ has a request pending cannot be read/,
  ],
  'a counter that differs': [
    (dir) =>
      edit(join(dir, 'snapshot.json'), /("interrupts": \{\s*"\d+": \[\s*)0/, (_, head: string) => `${head}7`),
    /counted 7,.* when it was saved, and 0,/,
  ],
}

for (const [name, [hurt, says]] of Object.entries(DAMAGE)) {
  await t.test(`${name}: it goes, with a line that says so, and the run is right`, async (t) => {
    const before = snapshotDir()
    hurt(before)
    const lines: string[] = []
    const record = await recordOf({ scenario: MOVE, onProgress: (words) => lines.push(words) })
    t.equal(record.outcome, 'pass', record.reason)
    t.equal(record.guest.start, 'cold')
    t.match(record.notes, [/cannot be used and goes/])
    t.match(record.notes?.[0], says)
    t.ok(lines.includes(record.notes?.[0] ?? ''), 'a person is told')
    t.ok(statSync(before).ino > 0, 'and the run has made a new one')
  })
}

await t.test('removed while a guest runs from it', async (t) => {
  const record = await recordOf({
    scenario: MOVE,
    onProgress: () => rmSync(snapshotDirOrNone(), { recursive: true, force: true }),
  })
  t.match(record, { outcome: 'pass', guest: { start: 'warm' } })
  t.same(readdirSync(snapshots), [])
})

await t.test('two runs that make the same one at once', async (t) => {
  const both = await Promise.all([recordOf({ scenario: MOVE }), recordOf({ scenario: MOVE })])
  for (const record of both) t.match(record, { outcome: 'pass', guest: { start: 'cold' } })
  t.equal(readdirSync(snapshots).length, 1, 'one snapshot, and nothing half-made')
  t.match(await recordOf({ scenario: MOVE }), { outcome: 'pass', guest: { start: 'warm' } })
})

await t.test('the disk fills up while one is written', async (t) => {
  const small = mkdtempSync(join(tmpdir(), 'small-'))
  await run(['mount', '-t', 'tmpfs', '-o', 'size=20m', 'small', small], {
    stage: 'test',
    limitMs: 5000,
  })
  t.teardown(async () => {
    await run(['umount', small], { stage: 'test', limitMs: 5000 })
    rmSync(small, { recursive: true })
  })
  const record = await recordOf({ scenario: MOVE, snapshots: small })
  t.match(record, { outcome: 'pass', guest: { start: 'cold' } })
  t.match(record.notes, [/could not be put aside/])
  t.same(readdirSync(small), [], 'nothing half-written is left')
})

await t.test('with --qemu-arg nothing is put aside: it may name what a snapshot does not hold', async (t) => {
  rmSync(snapshotDir(), { recursive: true })
  const record = await recordOf({ scenario: MOVE, qemuArgs: ['-device', 'virtio-rng-pci'] })
  t.match(record, {
    outcome: 'pass',
    guest: { start: 'cold' },
    notes: [/^booted, and not put aside: --qemu-arg/],
  })
  t.same(readdirSync(snapshots), [])
})

function snapshotDirOrNone(): string {
  return join(snapshots, readdirSync(snapshots)[0] ?? 'none')
}

function flipBit(file: string, at: number): void {
  const handle = openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  readSync(handle, byte, 0, 1, at)
  writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ 0x10]), 0, 1, at)
  closeSync(handle)
}

/** Another memory, with facts that fit it: only QEMU itself can refuse it. */
function replace(dir: string, change: (memory: Buffer) => void): void {
  const file = join(dir, 'memory')
  const memory = readFileSync(file)
  const old = createHash('sha256').update(memory).digest('hex')
  change(memory)
  writeFileSync(file, memory)
  edit(join(dir, 'snapshot.json'), new RegExp(old), createHash('sha256').update(memory).digest('hex'))
  if (statSync(file).size !== memory.length) throw new RangeError('the size has changed')
}

function edit(file: string, what: RegExp, by: string | ((all: string, head: string) => string)): void {
  const text = readFileSync(file, 'utf8')
  if (!what.test(text)) throw new RangeError(`${what} is not in ${file}`)
  writeFileSync(file, typeof by === 'string' ? text.replace(what, by) : text.replace(what, by))
}
