import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fakeBzImage } from '../image/bzimage-fixture.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())
const bzImage = join(place.dir, 'bz image')
writeFileSync(bzImage, fakeBzImage())
const disk = join(place.dir, 'disk.img')
writeFileSync(disk, Buffer.alloc(4096).fill(Buffer.from([0x55, 0xaa]), 510, 512))

/** Whatever is planned, nothing is made. */
async function plan(t: Test, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await irqlab(place, [
    'run',
    '--dry-run',
    '--results',
    place.results,
    ...args,
  ])
  t.equal(status, 0, stderr)
  t.equal(stderr, '')
  t.same(place.left(), ['bz image', 'disk.img'], 'nothing was made')
  return stdout
}

await t.test('the plan and the command line, one argument a line', async (t) => {
  const text = await plan(
    t,
    'deferred-move',
    '--kernel',
    bzImage,
    '--seed',
    '7',
    '--accel',
    'tcg',
    '--append',
    'quiet  irqaffinity=0',
    '--qemu-arg',
    '-d',
    '--qemu-arg',
    'guest errors',
  )
  const [title, binary, ...args] = text.split('\n').slice(0, -1)
  t.equal(title, `# run 1 of 1: deferred-move on plain, kernel ${bzImage}, seed 7`)
  t.match(binary, /qemu-system-x86_64$/)
  t.ok(args.includes('-nodefaults'))
  t.equal(args[args.indexOf('-kernel') + 1], bzImage, 'a path with a space is one argument')
  t.match(args[args.indexOf('-append') + 1], / quiet {2}irqaffinity=0$/)
  t.same(args.slice(-2), ['-d', 'guest errors'])
})

await t.test('every scenario on every kernel and machine, again and again', async (t) => {
  const text = await plan(
    t,
    'deferred-move',
    'quiet-queue',
    '--kernel',
    bzImage,
    '--kernel',
    'debian:6.12',
    '--repeat',
    '2',
    '--machine',
    'plain',
    '--machine',
    'remapped',
    '--seed',
    '2147483647',
  )
  t.match(text, /^# 16 runs, (one at a time|\d+ side by side, the longest first)\n# run 1 of 16: /)
  const titles = text.split('\n').filter((line) => line.startsWith('# run '))
  t.equal(titles.length, 16)
  t.equal(new Set(titles.map((title) => title.replace(/^# run \d+/, ''))).size, 16, 'no two are the same')
  t.ok(titles.slice(0, 8).every((title) => title.endsWith('seed 2147483647')))
  t.ok(
    titles.slice(8).every((title) => title.endsWith('seed 0')),
    'a seed that can be given again',
  )
})

await t.test('how many side by side: as asked, never more than there are', async (t) => {
  const names = ['deferred-move', 'quiet-queue', '--kernel', bzImage]
  t.match(await plan(t, ...names, '--jobs', '1'), /^# 2 runs, one at a time\n/)
  t.match(await plan(t, ...names, '--jobs', '2'), /^# 2 runs, 2 side by side, the longest first\n/)
  t.match(JSON.parse(await plan(t, ...names, '--jobs', '64', '--json')), { jobs: 2 })
  t.match(JSON.parse(await plan(t, 'quiet-queue', '--keep', '--kernel', bzImage, '--json')), { jobs: 1 })
})

await t.test('with --json it is one document', async (t) => {
  const { schema, jobs, runs } = JSON.parse(
    await plan(t, '--json', '--kernel', bzImage, 'immediate-move'),
  ) as {
    schema: string
    jobs: number
    runs: { scenario: string; argv: string[] }[]
  }
  t.equal(schema, 'irqlab.plan/1')
  t.equal(runs.length, 1)
  t.equal(jobs, 1)
  t.match(runs[0], { scenario: 'immediate-move', machine: 'remapped', kernel: bzImage, accel: 'tcg' })
  t.ok(runs[0]?.argv.includes('intel-iommu,intremap=on'))
})

await t.test('a guest on a disk: what it starts from, and how it is reached', async (t) => {
  const full = (await plan(t, 'deferred-move', '--guest', 'debian-full')).split('\n')
  t.match(
    full[full.indexOf('-append') + 1],
    / irqlab\.root=\/dev\/vda systemd\.mask=irqbalance\.service$/,
    'a balancer that never ran has written nothing',
  )
  t.match(full[full.indexOf('-drive') + 1], /file=<disk of debian-full>,format=raw,snapshot=on/)
  const image = await plan(t, 'deferred-move', '--guest', `qcow2:${disk}`)
  t.notMatch(image, /^-kernel$/m)
  t.match(image, new RegExp(`^if=none,id=root,file=${disk},format=raw,snapshot=on`, 'm'))
  t.match(image, /^user,id=mgmt,restrict=on,hostfwd=tcp:127\.0\.0\.1:2222-:22$/m)
  t.match(image, /label=CIDATA/, 'nobody is named: cloud-init makes a user')
})
