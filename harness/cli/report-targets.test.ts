import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { removeStale, reportTargets } from './report-targets.ts'
import { parseReporter } from './reporter-option.ts'

const nowhere = { isTTY: false, env: {} }

await t.test('what standard output gets', (t) => {
  t.same(reportTargets([], nowhere), { shown: 'plain', files: [] })
  t.same(reportTargets([], { ...nowhere, isTTY: true }), { shown: 'pretty', files: [] })
  t.same(reportTargets(['tap'], nowhere), { shown: 'tap', files: [] })
  const file = join(t.testdir(), 'new', 'r.xml')
  t.same(reportTargets([`junit=${file}`], nowhere), { shown: 'plain', files: [{ kind: 'junit', file }] })
  t.same(reportTargets(['pretty'], { ...nowhere, json: true }).shown, 'pretty', 'on standard error then')
  const env = { GITHUB_STEP_SUMMARY: '/summary.md' }
  t.same(reportTargets(['github'], { ...nowhere, env }).stepSummary, '/summary.md')
  t.equal(reportTargets(['tap'], { ...nowhere, env }).stepSummary, undefined)
  t.end()
})

await t.test('what cannot be is refused before anything is run', (t) => {
  const dir = t.testdir({ 'a-file': '', 'a-dir': {} })
  const refused = (given: readonly string[], message: RegExp, json = false) =>
    t.throws(() => reportTargets(given, { ...nowhere, json }), { name: 'UsageError', message })
  refused(['tap', 'ktap'], /--reporter tap and --reporter ktap both write to standard output: .* ktap=FILE/)
  refused(['tap'], /--json and --reporter tap both write to standard output/, true)
  refused([`tap=${dir}/x`, `junit=${dir}/x`], /two reports in one file/)
  refused([`tap=${dir}/a-dir`], /no plain file/)
  refused(['tap=/dev/null'], /no plain file/)
  refused([`tap=${dir}/a-file/x`], /a-file is not a directory/)
  refused(['tap=/proc/x'], /\/proc is no place for files/)
  t.throws(() => parseReporter('junt=x'), {
    name: 'UsageError',
    message: /no such reporter; did you mean "junit"\?/,
  })
  t.throws(() => parseReporter('tap='), { name: 'UsageError', message: /give the name of a file/ })
  t.match(parseReporter('tap=a=b'), { kind: 'tap', file: /\/a=b$/ })
  t.end()
})

await t.test('what an earlier campaign left goes before this one begins', (t) => {
  const dir = t.testdir({ 'r.xml': 'old' })
  const files = [
    { kind: 'junit', file: join(dir, 'r.xml') },
    { kind: 'tap', file: join(dir, 'none') },
  ] as const
  removeStale({ files })
  t.notOk(existsSync(join(dir, 'r.xml')))
  t.end()
})
