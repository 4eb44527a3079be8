import t from 'tap'
import { openingComment } from './opening-comment.ts'

await t.test('the comment that a file opens with, as one paragraph', async (t) => {
  t.equal(openingComment('/** One line. */\nimport x\n'), 'One line.')
  t.equal(openingComment('/**\n * Two\n * lines, 3 * 4.\n */\n/** Another. */\n'), 'Two lines, 3 * 4.')
  t.equal(openingComment('/* Plain. */\n'), 'Plain.')
  t.equal(openingComment('// One,\n// two.\nimport x\n'), 'One, two.')
})

await t.test('a file that opens with something else says nothing of itself', async (t) => {
  t.equal(openingComment('import x\n/** Late. */\n'), undefined)
  t.equal(openingComment('/** */\n'), undefined)
  t.equal(openingComment(''), undefined)
})
