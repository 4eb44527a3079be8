import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { spawnProcess } from '../host/processes.ts'
import { CampaignResults, checkResults } from './results-dir.ts'

const parent = mkdtempSync(join(tmpdir(), 'irqlab-results-'))
t.teardown(() => rmSync(parent, { recursive: true, force: true }))

const now = new Date('2026-11-22T10:46:12.345Z')
const run = { scenario: 'deferred-move', kernel: '6.1.0-1', machine: 'plain', repeat: 1 }
const below = (dir: string): string[] => readdirSync(dir, { recursive: true }).map(String).sort()

await t.test('where results may go is known beforehand', async (t) => {
  const file = join(parent, 'file')
  writeFileSync(file, '')
  const dangling = join(parent, 'dangling')
  symlinkSync('/no/such/place', dangling)
  const link = join(parent, 'link')
  symlinkSync(mkdtempSync(join(parent, 'elsewhere-')), link)
  for (const dir of [parent, join(parent, 'new'), join(parent, 'new', 'deeper'), link, join(link, 'new')]) {
    t.doesNotThrow(() => checkResults(dir), dir)
  }
  const wrong: readonly [dir: string, why: RegExp][] = [
    [file, /file: not a directory/],
    [join(file, 'deeper'), /deeper: .*file is not a directory/],
    [join(file, 'much', 'deeper'), /much\/deeper: .*file is not a directory/],
    [dangling, /dangling: nothing can be written/],
    ['/', /--results \/: /],
    ['/proc/irqlab', /no place for files/],
    ['/sys/irqlab', /no place for files/],
  ]
  for (const [dir, why] of wrong) t.throws(() => checkResults(dir), { name: 'UsageError', message: why })
  t.equal(below(parent).length, 4, 'looking makes nothing')
})

await t.test(
  'a campaign makes its directory alone, and an attempt is partial until it is whole',
  async (t) => {
    const results = join(parent, 'whole')
    const campaign = await CampaignResults.make(results, 'deferred-move', now)
    t.equal(campaign.dir, join(results, '20261122T104612Z-deferred-move'))
    const again = await CampaignResults.make(results, 'deferred-move', now)
    t.equal(again.dir, `${campaign.dir}-2`, 'the name was taken')
    t.equal((await CampaignResults.make(results, 'deferred-move', now)).dir, `${campaign.dir}-3`)
    await again.close()

    const attempt = await campaign.openAttempt(run, 1)
    t.equal(attempt.path, join(campaign.dir, 'deferred-move/6.1.0-1/plain/attempt-1.partial'))
    mkdirSync(join(attempt.path, 'interrupts'))
    writeFileSync(join(attempt.path, 'interrupts', 'b.txt'), '')
    writeFileSync(join(attempt.path, 'a.txt'), '')
    t.same(attempt.files(), ['a.txt', 'interrupts/b.txt'])
    await t.rejects(campaign.openAttempt(run, 1), { name: 'Bug' }, 'nobody else may have it')
    t.equal(campaign.committed, 0)
    await attempt.commit()
    t.equal(campaign.committed, 1)
    t.equal(attempt.path, join(campaign.dir, 'deferred-move/6.1.0-1/plain/attempt-1'))
    t.same(attempt.files(), ['a.txt', 'interrupts/b.txt'])
    await t.rejects(campaign.openAttempt(run, 1), { name: 'Bug' }, 'a result is never written again')
    t.equal(campaign.runName(results, run), '20261122T104612Z-deferred-move/deferred-move/6.1.0-1/plain')
    t.equal(
      campaign.runName(results, { ...run, repeat: 3 }),
      '20261122T104612Z-deferred-move/deferred-move/6.1.0-1/plain-repeat-3',
    )
    await campaign.close()
    t.ok(existsSync(join(attempt.path, 'a.txt')))
  },
)

await t.test(
  'at the end whatever is not whole goes, with the directories that were made for it',
  async (t) => {
    const results = join(parent, 'half')
    const campaign = await CampaignResults.make(results, 'x', now)
    const first = await campaign.openAttempt(run, 1)
    await first.commit()
    await campaign.openAttempt(run, 2)
    await campaign.openAttempt({ ...run, kernel: '6.12' }, 1)
    const other = await campaign.openAttempt({ ...run, scenario: 'other' }, 1)
    await campaign.openAttempt({ ...run, scenario: 'other', machine: 'remapped' }, 1)
    await other.commit()
    await campaign.close()
    t.same(
      below(campaign.dir).filter((path) => path.includes('attempt')),
      ['deferred-move/6.1.0-1/plain/attempt-1', 'other/6.1.0-1/plain/attempt-1'],
    )
    t.notOk(existsSync(join(campaign.dir, 'deferred-move/6.12')))
    t.notOk(existsSync(join(campaign.dir, 'other/6.1.0-1/remapped')))

    const empty = await CampaignResults.make(results, 'y', now)
    await empty.openAttempt(run, 1)
    await empty.close()
    t.notOk(existsSync(empty.dir), 'a campaign without a result leaves nothing')
  },
)

await t.test('and so it is when we are killed', async (t) => {
  const results = join(parent, 'killed')
  const script = `
    const { CampaignResults } = await import('${import.meta.dirname}/results-dir.ts')
    const { writeFileSync } = await import('node:fs')
    const campaign = await CampaignResults.make('${results}', 'x', new Date(0))
    const run = ${JSON.stringify(run)}
    if (process.env.COMMIT) await (await campaign.openAttempt(run, 1)).commit()
    const attempt = await campaign.openAttempt(run, 2)
    writeFileSync(attempt.path + '/record.json', '{')
    process.send('ready')
    setInterval(() => {}, 1000)`
  /** What is there; undefined while something of it is being removed. */
  const left = (): readonly string[] | undefined => {
    try {
      return below(results)
    } catch {
      return undefined
    }
  }
  const killed = async (env: NodeJS.ProcessEnv, last: string | undefined): Promise<void> => {
    const argv = [process.execPath, '--input-type=module', '-e', script] as const
    const child = await spawnProcess(argv, {
      stdio: ['ignore', 'inherit', 'inherit'],
      ipc: true,
      env: { ...process.env, ...env },
    })
    await new Promise((told) => child.onMessage(told))
    t.ok(below(results).some((path) => path.endsWith('attempt-2.partial/record.json')))
    process.kill(child.pid, 'SIGKILL')
    const gone = new Deadline('test', 'the partial record is removed', 3000)
    const isDone = (paths = left()) => paths !== undefined && paths.at(-1) === last
    await poll(gone, () => (isDone() ? true : undefined), { everyMs: 20 })
  }
  await killed({}, undefined)
  t.same(below(results), [], 'nothing of a campaign without a result')
  const whole = '19700101T000000Z-x/deferred-move/6.1.0-1/plain/attempt-1'
  await killed({ COMMIT: '1' }, whole)
  t.equal(below(results).at(-1), whole, 'and what is whole stays')
})

await t.test('a directory that cannot be made is trouble that names it', async (t) => {
  await t.rejects(CampaignResults.make('/proc/no-such-place', 'x', now), {
    name: 'Trouble',
    stage: 'results',
    message: /\/proc\/no-such-place/,
    lasting: true,
  })
})

await t.test(
  'attempts side by side: when one becomes a result, what is only of the other still goes',
  async (t) => {
    const results = join(parent, 'side-by-side')
    const campaign = await CampaignResults.make(results, 'x', now)
    const names = [1, 2, 3].map((repeat) => ({ ...run, repeat }))
    const [first, , third] = await Promise.all(names.map((name) => campaign.openAttempt(name, 1)))
    await Promise.all([first?.commit(), third?.commit()])
    await campaign.close()
    t.same(
      below(campaign.dir).filter((path) => path.includes('plain')),
      ['plain', 'plain-repeat-3', 'plain-repeat-3/attempt-1', 'plain/attempt-1'].map(
        (path) => `deferred-move/6.1.0-1/${path}`,
      ),
      'not even an empty directory of the second',
    )
  },
)

await t.test('a file beside the campaigns is whole or as it was', async (t) => {
  const results = join(parent, 'beside')
  const campaign = await CampaignResults.make(results, 'x', now)
  await campaign.replaceFile('.hints', 'one')
  await campaign.replaceFile('.hints', 'two')
  t.equal(readFileSync(join(results, '.hints'), 'utf8'), 'two')
  mkdirSync(join(results, 'taken'))
  await t.rejects(campaign.replaceFile('taken', 'x'), 'a directory is in its place')
  await campaign.close()
  t.same(below(results), ['.hints', 'taken'], 'and of what could not be, nothing stays')
})
