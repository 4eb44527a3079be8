import t from 'tap'
import { type Standing, totalsLine } from './totals.ts'

const standing: Standing = { total: 200, outcomes: [], finishedMs: [], atWorkMs: [], jobs: 2 }
const line = (changes: Partial<Standing>) => totalsLine({ ...standing, ...changes })

await t.test('what is done, what is bad, the worst first', async (t) => {
  t.equal(line({}), '0 of 200 done', 'nothing is guessed before anything is known')
  t.equal(
    line({ outcomes: ['pass', 'skip', 'broken', 'pass', 'fail', 'broken'] }),
    '6 of 200 done, 1 fail, 2 broken, 1 skip',
  )
})

await t.test('what is left: as if each took what those before took', async (t) => {
  const left = (changes: Partial<Standing>): string | undefined => line(changes).split('about ')[1]
  const done = { outcomes: ['pass', 'pass'], finishedMs: [10_000, 20_000] } as const
  t.equal(left({ ...done }), '25 min left', '198 of 15 s by two')
  t.equal(left({ ...done, jobs: 1 }), '50 min left')
  t.equal(left({ ...done, total: 2000 }), '4.2 h left')
  t.equal(left({ ...done, total: 4, atWorkMs: [5000, 10_000] }), '10 s left', '10 s and 5 s side by side')
  t.equal(left({ ...done, total: 3, atWorkMs: [0] }), '20 s left', 'one alone takes its time')
  t.equal(left({ ...done, total: 3, atWorkMs: [90_000] }), '10 s left', 'one that is late is soon over')
  t.equal(left({ ...done, total: 10, atWorkMs: [0, 0] }), '1 min left')
})
