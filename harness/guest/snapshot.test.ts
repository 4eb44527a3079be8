import {
  closeSync,
  openSync,
  readFileSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openSnapshot, SNAPSHOT_SCHEMA, verifyMemory, writeFacts } from './snapshot.ts'

const KEY = '0123456789abcdef'
const MEMORY = Buffer.alloc(3 * 2 ** 20 + 17, 'a guest ')

/** A whole snapshot, as putAside leaves it. */
async function whole(t: Test): Promise<string> {
  const dir = t.testdir({ memory: MEMORY, 'boot-serial.log': 'hello\n' })
  await writeFacts(dir, {
    schema: SNAPSHOT_SCHEMA,
    key: KEY,
    state: 'settled',
    savedAt: '2026-11-22T12:00:00.000Z',
    memory: { bytes: MEMORY.length, sha256: createHash('sha256').update(MEMORY).digest('hex') },
    traceableFunctions: ['irq_move_masked_irq'],
    stateOffsets: { 28: '14016015922065408' },
    interrupts: { 28: [1, 0, 0, 2] },
  })
  return dir
}

/** Opens it, and checks its memory as a start does; closes it again. */
async function check(dir: string): Promise<unknown> {
  const snapshot = await openSnapshot(dir, KEY)
  if (snapshot === undefined) return undefined
  try {
    await verifyMemory(snapshot)
    return snapshot.facts
  } finally {
    await snapshot.memory.close()
  }
}

await t.test('a whole one is what was written', async (t) => {
  t.match(await check(await whole(t)), { state: 'settled', interrupts: { 28: [1, 0, 0, 2] } })
})

await t.test('none is none, not trouble', async (t) => {
  t.equal(await openSnapshot(join(t.testdir(), 'nowhere'), KEY), undefined)
  t.equal(await openSnapshot(t.testdir(), KEY), undefined, 'a directory without facts was never finished')
})

await t.test('every kind of damage is found before a guest runs', async (t) => {
  const damage: Readonly<Record<string, [(dir: string) => void, RegExp]>> = {
    cut: [(dir) => truncateSync(join(dir, 'memory'), 1000), /1000 bytes, and 3145745 were saved/],
    empty: [(dir) => truncateSync(join(dir, 'memory'), 0), /0 bytes/],
    longer: [
      (dir) => writeFileSync(join(dir, 'memory'), Buffer.concat([MEMORY, Buffer.alloc(1)])),
      /3145746 bytes/,
    ],
    replaced: [(dir) => writeFileSync(join(dir, 'memory'), Buffer.alloc(MEMORY.length)), /sha256/],
    gone: [(dir) => unlinkSync(join(dir, 'memory')), /ENOENT/],
    'without a console': [(dir) => unlinkSync(join(dir, 'boot-serial.log')), /ENOENT/],
    'facts cut': [(dir) => truncateSync(join(dir, 'snapshot.json'), 40), /no JSON/],
    'facts empty': [(dir) => writeFileSync(join(dir, 'snapshot.json'), '{}'), /snapshot\.json/],
    'facts of another version': [(dir) => edit(dir, /snapshot\/1/, 'snapshot/0'), /schema/],
    'facts of another key': [
      (dir) => edit(dir, /0123456789abcdef/, 'fedcba9876543210'),
      /made by something else/,
    ],
    'facts with a count that is none': [(dir) => edit(dir, /"28": \[\s*1/, '"28": [-1'), /interrupts/],
  }
  for (const [name, [hurt, says]] of Object.entries(damage)) {
    const dir = await whole(t)
    hurt(dir)
    await t.rejects(check(dir), { name: 'Trouble', stage: 'snapshot.damaged', message: says }, name)
  }
})

await t.test('one bit anywhere is enough', async (t) => {
  for (const at of [0, 2 ** 20, MEMORY.length - 1]) {
    const dir = await whole(t)
    const file = openSync(join(dir, 'memory'), 'r+')
    writeSync(file, Buffer.from([(MEMORY[at] ?? 0) ^ 1]), 0, 1, at)
    closeSync(file)
    await t.rejects(check(dir), { stage: 'snapshot.damaged', message: /sha256/ }, `byte ${at}`)
  }
})

await t.test('one that is open can be removed and is still whole for us', async (t) => {
  const dir = await whole(t)
  const snapshot = await openSnapshot(dir, KEY)
  if (snapshot === undefined) throw new RangeError('it is there')
  unlinkSync(join(dir, 'memory'))
  await verifyMemory(snapshot)
  t.equal(
    (await snapshot.memory.read(Buffer.alloc(8), 0, 8, null)).buffer.toString(),
    'a guest ',
    'from the start',
  )
  await snapshot.memory.close()
})

function edit(dir: string, what: RegExp, by: string): void {
  const file = join(dir, 'snapshot.json')
  const text = readFileSync(file, 'utf8')
  if (!what.test(text)) throw new RangeError(`${what} is not in the facts`)
  writeFileSync(file, text.replace(what, by))
}
