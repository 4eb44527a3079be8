import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { addRunOptions } from './run-options.ts'
import { Command } from 'commander'
import { irqlab, makePlace, type Place } from './irqlab-fixture.ts'

async function init(place: Place, ...args: string[]) {
  return irqlab(place, ['ci', 'init', ...args, '--dir', 'here'])
}

function read(place: Place, file: string): string {
  return readFileSync(join(place.dir, 'here', file), 'utf8')
}

/** The options of `irqlab run` that a text uses, each checked against the real command. */
function optionsIn(text: string): readonly string[] {
  return [...text.matchAll(/ (--[a-z-]+)(?= |\n)/g)].map(([, option = '']) => option)
}

const known = new Set(addRunOptions(new Command('run')).options.map(({ long }) => long))

await t.test(
  'the workflow is one: a schedule, a label of our own, all parts, artifacts whatever happened',
  async (t) => {
    const place = makePlace()
    t.teardown(() => place.remove())
    t.match(await init(place, 'github'), { status: 0, stdout: /^What to do next:$/m })
    const workflow = parse(read(place, '.github/workflows/irqlab-nightly.yml'))
    t.match(workflow, {
      on: { schedule: [{ cron: String }] },
      permissions: { contents: 'read' },
      concurrency: { 'cancel-in-progress': false },
      jobs: {
        ask: { 'runs-on': ['self-hosted', 'linux', 'x64', 'irqlab'], strategy: { 'fail-fast': false } },
      },
    })
    t.notOk('pull_request' in workflow.on, 'strangers do not start what runs on a machine of ours')
    const { steps, strategy } = workflow.jobs.ask
    const asked: string = steps.find(({ name }: { name?: string }) => name === 'Ask').run
    t.match(asked, `--shard \${{ matrix.shard }}/${strategy.matrix.shard.length} `)
    t.same(
      optionsIn(`${asked}\n`).filter((option) => !known.has(option)),
      [],
    )
    const last = steps.at(-1)
    t.match(last, {
      if: 'always()',
      uses: /^actions\/upload-artifact@/,
      with: { path: 'results/', 'retention-days': 30 },
    })
  },
)

await t.test('the job of GitLab gives its JUnit report, whatever happened', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  t.match(await init(place, 'gitlab'), { status: 0 })
  const { irqlab: job } = parse(read(place, '.gitlab-ci.yml'))
  t.match(job.artifacts, { when: 'always', reports: { junit: 'results/junit.xml' } })
  const asked: string = job.script.at(-1)
  t.match(asked, '--shard "$CI_NODE_INDEX/$CI_NODE_TOTAL" ')
  t.match(asked, 'junit=results/junit.xml')
  t.same(
    optionsIn(`${asked}\n`).filter((option) => !known.has(option)),
    [],
  )
})

await t.test('the units name this irqlab, and nothing is left open in them', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  t.match(await init(place, 'systemd'), { status: 0, stdout: /systemctl enable --now irqlab-nightly\.timer/ })
  const service = read(place, 'irqlab-nightly.service')
  t.notMatch(service, /@[A-Z]+@/)
  t.match(service, `ExecStart=${process.execPath} `)
  t.same(
    optionsIn(service).filter((option) => !known.has(option)),
    [],
  )
  for (const line of ['ProtectSystem=strict', 'PrivateTmp=yes', 'NoNewPrivileges=yes', 'DevicePolicy=closed'])
    t.match(service, new RegExp(`^${line}$`, 'm'))
  // Each of them covers a part of /proc: then no run could mount its own.
  t.notMatch(service, /^(ProtectKernelTunables|ProtectKernelLogs|ProtectProc|ProcSubset)=/m)
})

await t.test('no file is overwritten without --force, and none is written when one would be', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  await init(place, 'systemd')
  const timer = join(place.dir, 'here/irqlab-nightly.timer')
  writeFileSync(timer, 'mine')
  t.match(await init(place, 'systemd'), { status: 64, stderr: /is there already: --force takes its place/ })
  t.equal(readFileSync(timer, 'utf8'), 'mine')
  t.match(await init(place, 'systemd', '--force'), { status: 0 })
  t.not(readFileSync(timer, 'utf8'), 'mine')
  t.match(await init(place, 'jenkins'), { status: 64, stderr: /give one of github, gitlab, systemd/ })
  t.strictSame(readdirSync(join(place.dir, 'here')).length, 3)
})
