import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exchange } from '../host/exchange.ts'
import { kcoreProgram } from './kcore-program.ts'

const dir = t.testdir({})
const program = join(dir, 'program')
writeFileSync(program, kcoreProgram(), { mode: 0o755 })
const words = join(dir, 'words')
writeFileSync(words, Buffer.from('0123456789abcdeffeff0080', 'hex'))

/** What it answers to the shell text that asks. */
async function answers(asking: string): Promise<string> {
  const { status, stdout, stderr } = await exchange(['sh', '-c', `(${asking}) | ${program} 3<${words}`], {
    stage: 'test',
    limitMs: 5000,
  })
  t.equal(status, 0, stderr)
  return stdout
}

await t.test('each question is answered by the word that lies there', async (t) => {
  t.equal(await answers(String.raw`printf '%016x\n' 0 4 1 8`), '67452301\nefcdab89\n89674523\n8000fffe\n')
})

await t.test('a question may come in pieces', async (t) => {
  t.equal(await answers('printf 00000000; sleep 0.1; printf 00000000; sleep 0.1; echo'), '67452301\n')
})

await t.test('what cannot be read is an empty line, and the next question is answered', async (t) => {
  t.equal(await answers(String.raw`printf '%016x\n' 12 10 0x7fffffffffffffff 4`), '\n\n\nefcdab89\n')
})

await t.test('it ends with its input, even within a question', async (t) => {
  t.equal(await answers('printf 0000'), '')
})
