/** The commands as a person and a program call them: a capture, its diagnosis, and what is refused. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { z } from 'zod'
import { makeMachineTree } from '../capture/machine-tree-fixture.ts'
import { CAPTURE_SCRIPT } from '../capture/capture-script.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())
const diagnosisShape = z.looseObject({
  schema: z.literal('irqlab.diagnosis/1'),
  findings: z.array(
    z.looseObject({ name: z.string(), weight: z.enum(['bug', 'off', 'note']), sentence: z.string() }),
  ),
  irqs: z.array(z.looseObject({ irq: z.number(), behaviour: z.looseObject({ kind: z.string() }) })),
})

await t.test('capture, then diagnose the tarball; neither leaves anything else behind', async (t) => {
  const taken = await irqlab(place, ['capture', '--interval', '1', '-o', 'c.tar.gz'])
  t.match(taken, { status: 0, stderr: '' })
  t.match(taken.stdout, /^c.tar.gz: \d+ files\n[\s\S]* irqlab diagnose c.tar.gz\n$/)
  const text = await irqlab(place, ['diagnose', 'c.tar.gz'])
  t.match(text.stdout, /^c.tar.gz: Linux \S+, \d+ CPUs? online/)
  t.match(text.stdout, /^irq +action +chip/m)
  t.notMatch(text.stdout, '\u001B', 'no colour into a pipe')
  const { status, stdout } = await irqlab(place, ['diagnose', 'c.tar.gz', '--json'])
  t.equal(status, text.status)
  t.ok(diagnosisShape.parse(JSON.parse(stdout)).irqs.length > 0)
  t.same(place.left(), ['c.tar.gz'])
})

await t.test('a bug of the kernel is exit code 1', async (t) => {
  const root = t.testdir()
  makeMachineTree(join(root, 'tree'), { cpus: 4, irqs: 2, requested: () => '2', effective: () => '0' })
  const quiet = await irqlab(place, ['diagnose', join(root, 'tree')])
  t.match(quiet, { status: 0, stdout: /pending-undecided 2 irqs/ })
  // A second sample in which they fired.
  const parts = await irqlab(place, [], {
    program: ['sh', CAPTURE_SCRIPT, '-u', '-i', '1', '-r', join(root, 'tree'), '-o', join(root, 'c.tar')],
  })
  t.equal(parts.status, 0)
  const bytes = readFileSync(join(root, 'c.tar'))
  const second = bytes.lastIndexOf(' 1000 ')
  bytes.write(' 1009 ', second)
  writeFileSync(join(root, 'c.tar'), bytes)
  const bug = await irqlab(place, ['diagnose', join(root, 'c.tar')])
  t.match(bug, { status: 1, stdout: /^✗ pending-though-firing\n/m })
  t.match(
    bug.stdout,
    /the capture is damaged:\n +second\/interrupts.txt is not what it was/,
    'and it says what we did',
  )
})

await t.test('512 CPUs and 4,000 irqs: in seconds of CPU time, and less than 200 MB', async (t) => {
  const root = t.testdir()
  makeMachineTree(root, { cpus: 512, irqs: 4000, requested: (at) => String((at + (at % 2)) % 512) })
  const sized = await measured(root)
  t.match(sized.stdout, /pending-undecided 2000 irqs/)
  t.ok(Number(sized.stderr) < 200_000, `${sized.stderr} KiB`)
  // The same as a sosreport of it.
  const made = await irqlab(place, [], {
    program: ['tar', '-C', root, '--transform=s,^,sosreport-large/,', '-cJf', 'large.tar.xz', 'proc', 'sys'],
    env: { XZ_OPT: '-0' },
    limitMs: 120_000,
  })
  t.equal(made.status, 0, made.stderr)
  const report = await measured('large.tar.xz')
  t.match(report.stdout, /pending-undecided 2000 irqs/)
  t.ok(Number(report.stderr) < 200 * 1024, `${report.stderr} KiB`)
})

/** With the peak of its memory, in KiB, on its standard error. */
async function measured(path: string) {
  const meter = join(import.meta.dirname, '../bench/tell-peak-memory.cjs')
  return irqlab(place, [], {
    program: [
      'sh',
      '-c',
      'exec "$0" --require "$1" "$2" diagnose "$3" 3>&2',
      process.execPath,
      meter,
      join(import.meta.dirname, '../main.ts'),
      path,
    ],
    limitMs: 120_000,
  })
}

await t.test('what is refused', async (t) => {
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [['diagnose', 'absent.tar.gz'], /"absent.tar.gz": there is no such capture/],
    [['diagnose', 'http://x'], /give ssh:\/\/USER@HOST/],
    [['diagnose', '--interval', '61'], /--interval "61": give a whole number from 0 to 60/],
    [['diagnose', '--watch'], /--watch needs a terminal/],
    [['diagnose', '--watch', '--json'], /do not go together/],
    [['diagnose', '--watch', 'c.tar.gz'], /a capture does not change any more/],
    [['capture', 'c.tar.gz'], /is a capture already/],
    [['capture', '-o', 'c.tar.gz'], /there is such a file already/],
  ]
  for (const [words, says] of refusals)
    t.match(await irqlab(place, words), { status: 64, stdout: '', stderr: says }, words.join(' '))
  const script = await irqlab(place, ['capture', '--script'])
  t.equal(script.stdout, readFileSync(CAPTURE_SCRIPT, 'utf8'))
})
