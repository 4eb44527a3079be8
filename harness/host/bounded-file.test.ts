import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import t from 'tap'
import { BoundedFile } from './bounded-file.ts'

async function written(path: string, pieces: readonly string[], limit: number): Promise<string> {
  const file = new BoundedFile(path, limit)
  for (const piece of pieces) file.write(Buffer.from(piece))
  await new Promise<void>((resolve) => file.end(resolve))
  return readFileSync(path, 'utf8')
}

void t.test('keeps what fits, in whatever pieces it comes', async (t) => {
  const path = join(t.testdir(), 'console')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1 })), async (pieces) => {
      t.equal(await written(path, pieces, 10_000), pieces.join(''))
    }),
    { numRuns: 30 },
  )
})

void t.test('keeps the beginning and the end, and says how much is missing', async (t) => {
  const path = join(t.testdir(), 'console')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 50 }), {
        minLength: 60,
        maxLength: 90,
      }),
      async (pieces) => {
        const [whole, limit] = [pieces.join(''), 40]
        const text = await written(path, pieces, limit)
        const [note = '', leftOut] =
          /\n# irqlab: (\d+) bytes are left out here: a file may have 40\n/.exec(text) ?? []
        t.equal(text, `${whole.slice(0, 30)}${note}${whole.slice(-10)}`)
        t.equal(Number(leftOut), whole.length - limit)
      },
    ),
    { numRuns: 30 },
  )
})
