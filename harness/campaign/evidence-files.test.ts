import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseActs } from '../irq/act-log.ts'
import { EvidenceFiles } from './evidence-files.ts'

void t.test('no file and no run grows beyond its limit by more than the lines that say so', (t) => {
  const dir = t.testdir()
  const files = new EvidenceFiles(dir, { fileBytes: 4000, runBytes: 10_000 })
  for (let nth = 0; nth < 1000; nth++) {
    files.append('ssh.jsonl', `${JSON.stringify({ nth, command: 'true' })}\n`)
    files.keepReading(`reading ${nth}`)
  }
  files.write('trace.txt', 'event\n'.repeat(100_000))
  files.write('kernel.log', 'line\n'.repeat(100_000))
  const noteBytes = 100
  t.ok(statSync(join(dir, 'ssh.jsonl')).size <= 4000 + noteBytes)
  t.ok(statSync(join(dir, 'trace.txt')).size <= 4000 + noteBytes)
  t.match(readFileSync(join(dir, 'ssh.jsonl'), 'utf8'), /left out here: a file may have 4000\n$/)
  const sizes = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size)
  t.ok(sizes.reduce((sum, size) => sum + size, 0) <= 10_000 + 6 * noteBytes)
  t.end()
})

void t.test('acts are kept one a line, each when it is begun', (t) => {
  const dir = t.testdir()
  const files = new EvidenceFiles(dir)
  files.keepAct({ act: 'body' })
  files.keepAct({ act: 'hold', ids: [1], seconds: 1 })
  t.match(parseActs(readFileSync(join(dir, 'acts.jsonl'), 'utf8')), [
    { act: 'body', atMs: 0 },
    { act: 'hold' },
  ])
  t.end()
})
