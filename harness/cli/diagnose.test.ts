/** The commands as a person and a program call them: a capture, its diagnosis, and what is refused. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
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

await t.test('one irq alone, and the page', async (t) => {
  const root = t.testdir()
  makeMachineTree(join(root, 'tree'), { cpus: 4, irqs: 3, requested: () => '2', effective: () => '0' })
  const tree = join(root, 'tree')
  const one = await irqlab(place, ['diagnose', tree, '--irq', '25'])
  t.match(one.stdout, /^! pending-undecided\n {2}irq 25 /m, 'that one')
  t.notMatch(one.stdout, /irq 2[46]/, 'and no other')
  t.match(one.stdout, /4 CPUs online \(0-3\), 3 irqs in use/, 'of that machine')
  t.match(one.stdout, /^a new mask waits for the next interrupt: PCI-MSIX/m, 'and why')
  const absent = await irqlab(place, ['diagnose', tree, '--irq', '99'])
  t.match(absent, { status: 64, stderr: /--irq 99: there is no such irq; the highest is 26/ })
  const page = join(root, 'page.html')
  const told = await irqlab(place, ['diagnose', tree, '--html', page])
  t.match(told, { status: 0, stdout: /^0 bugs of the kernel, 3 off, 2 notes on 3 irqs: \/.*page\.html\n$/ })
  t.match(readFileSync(page, 'utf8'), /<!doctype html>[^]*id="finding-pending-undecided"/)
  const json = await irqlab(place, ['diagnose', tree, '--json', '--html', page])
  t.equal(diagnosisShape.parse(JSON.parse(json.stdout)).irqs.length, 3, 'JSON beside it')
})

await t.test('512 CPUs and 4,000 irqs: in seconds of CPU time, and less than 200 MB', async (t) => {
  const root = t.testdir()
  makeMachineTree(root, { cpus: 512, irqs: 4000, requested: (at) => String((at + (at % 2)) % 512) })
  const text = await measured(root)
  t.match(text.stdout, /pending-undecided 2000 irqs/)
  t.ok(Number(text.stderr) < 200_000, `${text.stderr} KiB`)
  const page = join(place.dir, 'large.html')
  t.teardown(() => rmSync(page, { force: true }))
  const taken = join(root, 'two-samples.tar')
  const two = await irqlab(place, [], {
    program: ['sh', CAPTURE_SCRIPT, '-u', '-i', '1', '-r', root, '-o', taken],
    limitMs: 120_000,
  })
  t.equal(two.status, 0, two.stderr)
  const html = await measured(taken, '--html', page)
  t.match(html.stdout, /2000 off/)
  t.ok(Number(html.stderr) < 200_000, `${html.stderr} KiB with the page`)
  t.ok(statSync(page).size < 5_000_000, `${statSync(page).size} bytes`)
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
async function measured(...words: readonly string[]) {
  const meter = join(import.meta.dirname, '../bench/tell-peak-memory.cjs')
  return irqlab(place, [], {
    program: [
      'sh',
      '-c',
      'exec "$0" --require "$@" 3>&2',
      process.execPath,
      meter,
      join(import.meta.dirname, '../main.ts'),
      'diagnose',
      ...words,
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
    [['diagnose', '--watch', '--html', 'x.html'], /do not go together/],
    [['diagnose', '--irq', 'x'], /--irq "x": give a whole number/],
    [['diagnose', '--html', '/nowhere/x.html'], /there is no directory \/nowhere/],
    [['diagnose', '--watch', 'c.tar.gz'], /a capture does not change any more/],
    [['capture', 'c.tar.gz'], /is a capture already/],
    [['capture', '-o', 'c.tar.gz'], /there is such a file already/],
  ]
  for (const [words, says] of refusals)
    t.match(await irqlab(place, words), { status: 64, stdout: '', stderr: says }, words.join(' '))
  const script = await irqlab(place, ['capture', '--script'])
  t.equal(script.stdout, readFileSync(CAPTURE_SCRIPT, 'utf8'))
})
