import t from 'tap'
import { TraceSections } from './trace-sections.ts'

const section = (entries: readonly string[]) =>
  [
    '# tracer: nop',
    '#',
    `# entries-in-buffer/entries-written: ${entries.length}/${entries.length}   #P:4`,
    ...entries,
  ].join('\n')

await t.test('each cut reads and empties the trace, and the end has all of them', async (t) => {
  const scripts: string[] = []
  const texts = [section(['a', 'b']), section(['c'])]
  const sections = new TraceSections({
    run: (script) => {
      scripts.push(script)
      return Promise.resolve(texts[scripts.length - 1] ?? '')
    },
  })
  await sections.cut()
  await sections.cut()
  t.match(scripts[0], /^cat (\S+)\/trace; echo >\1\/trace$/)
  const whole = sections.joinedWith(`${section(['d'])}\n`)
  t.match(whole, /entries-written: 4\/4 /)
  t.same(whole.split('\n').slice(-5), ['a', 'b', 'c', 'd', ''])
})

await t.test('without a cut the trace is what it was', (t) => {
  const sections = new TraceSections({ run: () => Promise.reject(new Error('nobody asks')) })
  t.equal(sections.joinedWith('anything\n'), 'anything\n')
  t.end()
})
