import t from 'tap'
import { Bug, Trouble } from '../base/errors.ts'
import { addRound, noSamples, orNote } from './samples.ts'

await t.test('a round adds to all that is measured in rounds', async (t) => {
  const [samples, round] = [noSamples([1]), noSamples([1])]
  round.floorMs.push(2000)
  round.vngMs.push(9000)
  round.help.ms.push(80, 90)
  round.nothing.mb.push(44)
  addRound(samples, round)
  addRound(samples, round)
  t.same(samples.floorMs, [2000, 2000])
  t.same(samples.vngMs, [9000, 9000])
  t.same(samples.help, { ms: [80, 90, 80, 90], mb: [] })
  t.same(samples.nothing, { ms: [], mb: [44, 44] })
  t.same(samples.pace, new Map([[1, []]]))
})

await t.test('trouble is a note and no sample; anything else ends the bench', async (t) => {
  const notes: string[] = []
  t.equal(await orNote(notes, 'pace', async () => 7), 7)
  t.same(notes, [])
  const fails = (error: Error) => () => Promise.reject(error)
  t.equal(await orNote(notes, 'pace', fails(new Trouble('bench.run', 'no SSH'))), undefined)
  t.same(notes, ['pace: no SSH'])
  await t.rejects(orNote(notes, 'pace', fails(new Bug('ours'))), { name: 'Bug' })
})
