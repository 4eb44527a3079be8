/** A bundle does by a shell alone what the run did: unpacked in an empty directory, with nothing of irqlab around. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exchange } from '../host/exchange.ts'
import { cacheDir } from '../image/cache.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const LIMIT_MS = 240_000

async function replayed(dir: string): Promise<{ readonly status: number | null; readonly said: string }> {
  const { status, stdout, stderr } = await exchange(
    ['env', '-i', 'PATH=/usr/bin:/bin', join(dir, 'replay.sh')],
    { stage: 'test', limitMs: LIMIT_MS, cwd: '/' },
  )
  return { status, said: stdout + stderr }
}

await t.test(
  'the shell script of a bundle repeats the acts, and tells what it sees from what it does not',
  async (t) => {
    const place = makePlace()
    t.teardown(() => place.remove())
    const env = { IRQLAB_CACHE: cacheDir() }
    const run = [
      'run',
      'cancelled-request',
      '--retries',
      '1',
      '--timeout-scale',
      '4',
      '--results',
      place.results,
    ]
    t.match(await irqlab(place, run, { env, limitMs: LIMIT_MS }), { status: 0 })
    const campaign = readdirSync(place.results).find((name) => name.endsWith('-cancelled-request')) ?? ''
    const at = join('results', campaign, 'cancelled-request')
    const kernel = readdirSync(join(place.dir, at))[0] ?? ''
    const packed = await irqlab(place, ['bundle', join(at, kernel, 'plain'), '--output', 'b.tar.gz'], { env })
    t.match(packed, { status: 0, stdout: /replay\.sh$/m }, packed.stderr)
    const again = await irqlab(place, ['bundle', join(at, kernel, 'plain'), '--output', 'c.tar.gz'], { env })
    t.equal(again.status, 0)
    t.ok(
      readFileSync(join(place.dir, 'b.tar.gz')).equals(readFileSync(join(place.dir, 'c.tar.gz'))),
      'packed twice it is the same byte by byte',
    )
    t.match(await irqlab(place, ['bundle', join(at, kernel, 'plain'), '--output', 'b.tar.gz'], { env }), {
      status: 64,
      stderr: /is there already/,
    })

    await irqlab(place, ['-xzf', 'b.tar.gz'], { program: ['tar'] })
    const dir = join(place.dir, readdirSync(place.dir).find((name) => name.startsWith('irqlab-')) ?? '')
    const asked = await replayed(dir)
    t.match(asked, { status: 2, said: /the run had no violation/ }, 'a run that passed has nothing to show')
    t.match(asked.said, /^write \d+: '.*' to smp_affinity_list of irq \d+ \(input\.\d\): taken/m)

    // Asked for one CPU and judged by another: as a kernel that moves it elsewhere would look.
    const acts = (cpu: number) =>
      "start 'input.0' 0\nwrite 1 'input.0' smp_affinity_list 1 0 CPU\nprobe 2 'input.0'\n".replace(
        'CPU',
        String(cpu),
      )
    writeFileSync(
      join(dir, 'guest/judge.sh'),
      "judge first-on-old 'input.0' 1\njudge then-on-new 'input.0' 1\n",
    )
    writeFileSync(join(dir, 'guest/queues.sh'), "queue 'input.0' 0\n")
    writeFileSync(join(dir, 'guest/acts.sh'), acts(2))
    t.match(await replayed(dir), { status: 0, said: /^AGAIN: first-on-old .*\n(.*\n)*SEEN AGAIN: of 2 /m })
    writeFileSync(join(dir, 'guest/acts.sh'), acts(1))
    t.match(await replayed(dir), { status: 1, said: /^NOT SEEN: of 2 /m })
  },
)
