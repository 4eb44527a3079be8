import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeDirs } from './make-dirs.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-dirs-'))
t.teardown(() => rmSync(dir, { recursive: true, force: true }))

makeDirs(join(dir, 'a', 'b', 'c'))
makeDirs(join(dir, 'a', 'b', 'c'))
makeDirs('/')
t.ok(statSync(join(dir, 'a', 'b', 'c')).isDirectory())

const file = join(dir, 'file')
writeFileSync(file, '')
t.throws(() => makeDirs(file), { code: 'EEXIST' })
t.throws(
  () => makeDirs(join(file, 'below')),
  { code: 'EEXIST', path: file },
  'what stands in the way is named',
)
t.throws(() => makeDirs('/proc/no-such-place/deeper'), { code: 'ENOENT' }, 'and it ends')
t.notOk(existsSync('/proc/no-such-place'))
