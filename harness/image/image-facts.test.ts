import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readFacts, readPackages, writeFacts } from './image-facts.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-facts-'))
t.teardown(() => rmSync(dir, { recursive: true }))

await t.test('what was written is read back', async (t) => {
  const packages = [{ name: 'a', version: '1:2-3' }]
  writeFacts(dir, { release: '6.1' }, packages)
  t.equal(readFacts(dir)('release'), '6.1')
  t.same(readPackages(dir), packages)
})

await t.test('what is damaged is said, with what to do', async (t) => {
  const trouble = {
    name: 'Trouble',
    stage: 'image.cache',
    lasting: true,
    hint: 'run: irqlab image prune',
  }
  t.throws(() => readFacts(dir)('sha256'), {
    ...trouble,
    message: /facts\.json is damaged: it has no sha256$/,
  })
  writeFileSync(join(dir, 'facts.json'), '{"a":')
  t.throws(() => readFacts(dir), trouble)
  writeFileSync(join(dir, 'facts.json'), '[]')
  t.throws(() => readFacts(dir)('a'), trouble)
  writeFileSync(join(dir, 'packages.txt'), 'name\n')
  t.throws(() => readPackages(dir), { ...trouble, message: /"name" is no package$/ })
  t.throws(() => readFacts(join(dir, 'absent')), trouble)
})

await t.test('an image of another user is not called damaged', (t) => {
  const file = join(dir, 'facts.json')
  writeFileSync(file, '{}')
  chmodSync(file, 0o000)
  // Root may read everything: be somebody else for a moment.
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    t.throws(() => readFacts(dir), {
      stage: 'image.cache',
      lasting: true,
      message: /^No permission to read .*facts\.json: this image belongs to another user$/,
      hint: /IRQLAB_CACHE/,
    })
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
  t.end()
})
