import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { pause } from '../base/poll.ts'
import { emptyCampaign } from './campaign-fixture.ts'
import { ReportFile } from './report-file.ts'

const campaign = emptyCampaign()
const named = (name: string) => () => ({ ...campaign, name })
const nameOf = ({ name }: { readonly name: string }) => name

await t.test(
  'written at once, then as often as its pace allows, and at last with the last word',
  async (t) => {
    const dir = t.testdir()
    const path = join(dir, 'below', 'that', 'r.txt')
    let written = 0
    const file = new ReportFile(
      path,
      (one) => {
        written++
        return nameOf(one)
      },
      60,
    )
    file.update(named('first'))
    await pause(20)
    t.equal(readFileSync(path, 'utf8'), 'first')
    for (let n = 1; n <= 50; n++) file.update(named(`news ${n}`))
    t.equal(written, 1)
    await pause(120)
    t.equal(readFileSync(path, 'utf8'), 'news 50', 'the last news are there though none came after them')
    t.equal(written, 2)
    file.update(named('more'))
    await file.end(named('end'))
    t.equal(readFileSync(path, 'utf8'), 'end')
    t.ok(written <= 4)
    await pause(120)
    t.equal(readFileSync(path, 'utf8'), 'end', 'nothing is written behind it')
    t.same(readdirSync(join(dir, 'below', 'that')), ['r.txt'])
  },
)

await t.test('a file that cannot be written does not end the campaign, and is told at its end', async (t) => {
  const dir = t.testdir({ 'a-file': 'x' })
  const file = new ReportFile(join(dir, 'a-file', 'r.txt'), nameOf, 1)
  file.update(named('first'))
  await pause(10)
  await t.rejects(file.end(named('end')), { code: /ENOTDIR|EEXIST/ })
  const late = new ReportFile(
    join(dir, 'late.txt'),
    (one) => {
      if (one.name === 'bad') throw new Error('no text')
      return nameOf(one)
    },
    1,
  )
  late.update(named('bad'))
  await pause(10)
  t.notOk(existsSync(join(dir, 'late.txt')))
  await late.end(named('end'))
  t.equal(readFileSync(join(dir, 'late.txt'), 'utf8'), 'end', 'what is right at the end is no trouble')
})

await t.test('it replaces what is there', async (t) => {
  const path = join(t.testdir(), 'r.txt')
  writeFileSync(path, 'of yesterday, and longer')
  await new ReportFile(path, nameOf, 1).end(named('new'))
  t.equal(readFileSync(path, 'utf8'), 'new')
})
