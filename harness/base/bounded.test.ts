import * as fc from 'fast-check'
import t from 'tap'
import { bounded } from './bounded.ts'

const NOTE = /\n# irqlab: (\d+) bytes are left out here: a file may have (\d+)\n/

void t.test('what fits stays as it is, byte for byte', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      t.equal(bounded(text, Math.max(1, Buffer.byteLength(text))), text)
    }),
  )
  t.end()
})

void t.test(
  'what does not has its beginning and its end, in whole lines, and says how much is missing',
  (t) => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'ä', '漢') }), {
      minLength: 50,
      maxLength: 200,
    })
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 300 }), (parts, limit) => {
        const text = parts.map((part) => `${part}\n`).join('')
        fc.pre(Buffer.byteLength(text) > limit)
        const cut = bounded(text, limit)
        const [note, leftOut] = NOTE.exec(cut) ?? []
        const [head = '', tail = ''] = cut.split(note ?? '\0')
        t.ok(text.startsWith(head) && text.endsWith(tail))
        t.equal(Buffer.byteLength(head) + Buffer.byteLength(tail) + Number(leftOut), Buffer.byteLength(text))
        t.ok(Buffer.byteLength(head) + Buffer.byteLength(tail) <= limit)
      }),
    )
    t.end()
  },
)
