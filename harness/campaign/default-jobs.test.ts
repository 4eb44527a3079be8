import t from 'tap'
import { defaultJobs, type JobsRoom } from './default-jobs.ts'

const room: JobsRoom = {
  usableCpus: 64,
  totalMib: 256_000,
  availableMib: 250_000,
  guestMib: 512,
  runs: 100,
  keep: false,
}

await t.test('whatever is scarcest decides, and one is always allowed', async (t) => {
  const cases: readonly (readonly [Partial<JobsRoom>, number, string])[] = [
    [{}, 16, 'a large machine'],
    [{ usableCpus: 1 }, 1, 'one CPU'],
    [{ usableCpus: 2 }, 1, 'two CPUs'],
    [{ usableCpus: 4 }, 2, 'four CPUs'],
    [{ usableCpus: 7 }, 3, 'an odd number'],
    [{ runs: 3 }, 3, 'few runs'],
    [{ runs: 0 }, 1, 'no run'],
    [{ totalMib: 8000, availableMib: 8000 }, 7, '6000 MiB of 8000 for guests of 768'],
    [{ totalMib: 8000, availableMib: 4304 }, 3, 'exactly three fit'],
    [{ totalMib: 8000, availableMib: 4303 }, 2, 'just not'],
    [{ totalMib: 8000, availableMib: 1000 }, 1, 'less than a quarter is free as it is'],
    [{ guestMib: 60_000 }, 3, 'large guests'],
    [{ keep: true }, 1, 'one is kept'],
  ]
  for (const [changes, jobs, why] of cases) t.equal(defaultJobs({ ...room, ...changes }), jobs, why)
})
