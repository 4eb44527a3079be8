/** Does the collecting script take what it should and nothing else, on any shell, over ssh, within its bounds? */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { pause } from '../base/poll.ts'
import { captureOf } from '../diagnose/capture.ts'
import { diagnose } from '../diagnose/diagnose.ts'
import { observe } from '../diagnose/observe.ts'
import { run } from '../host/shell.ts'
import { readArchive } from './archive.ts'
import { CAPTURE_SCRIPT, captureScript } from './capture-script.ts'
import { makeMachineTree } from './machine-tree-fixture.ts'
import { readCapture } from './read.ts'
import { takeArchive, takeFiles, type TakeOptions } from './take.ts'
import { parseHost, parseTarget } from './target.ts'

const signal = new AbortController().signal
const quick: TakeOptions = { intervalSeconds: 1, anonymise: false, sudo: false, signal }

/** A doctored machine of eight CPUs with a network interface, a log, and things that are nobody's business. */
function machineTree(t: Test): string {
  const root = t.testdir()
  makeMachineTree(root, { cpus: 8, irqs: 6, requested: (at) => (at === 1 ? '5' : String(at)) })
  const files = {
    'sys/bus/pci/devices/0000:3b:00.0/vendor': '0x8086\n',
    'sys/bus/pci/devices/0000:3b:00.0/device': '0x1592\n',
    'sys/bus/pci/devices/0000:3b:00.0/msi_irqs/25': 'msix\n',
    'sys/bus/pci/devices/0000:3b:00.0/net/eth0/queues/rx-0/rps_cpus': '00\n',
    'sys/bus/pci/drivers/ice/0000:3b:00.0': '',
    'sys/class/net/eth0/address': '52:54:00:12:34:56\n',
    'sys/class/net/eth1/address': '52:54:00:12:34:57\n',
    'etc/default/irqbalance':
      'IRQBALANCE_BANNED_CPULIST=2\nIRQBALANCE_ARGS="--policyscript=/home/alice/x"\n#secret\n',
    'etc/tuned/active_profile': 'acme-latency\n',
    'etc/rc.local':
      '# echo 1 >/proc/irq/24/smp_affinity\n/root/alice/set_irq_affinity.sh eth0\n/bin/secret; echo 4 >/proc/irq/28/smp_affinity_list',
    'etc/systemd/system/acme.service':
      '[Service]\nExecStart=/bin/sh -c \'echo -n "04" > /proc/irq/26/smp_affinity; echo 3 >/proc/irq/27/smp_affinity_list; secret\'\n',
    'proc/700/comm': 'irqbalance\n',
    'proc/701/comm': 'alices-editor\n',
    'proc/modules': 'ice 1 0 - Live 0x0\nsecretmodule 1 0 - Live 0x0\n',
    'proc/cpuinfo': 'flags\t\t: fpu x2apic hypervisor sse\nserial : secret\n',
    dmesg:
      '[ 1.0] smpboot: CPU 3 is now offline\n[ 1.1] eth0: 10.0.0.1 irq affinity of 52:54:00:12:34:56\n[ 1.2] secret\n',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  chmodSync(join(root, 'proc/irq/26/smp_affinity_list'), 0o444)
  return root
}

/** Lines of a file of a capture's. */
const linesOf = ({ files }: { readonly files: ReadonlyMap<string, Buffer> }, name: string) =>
  [...files]
    .find(([path]) => path.endsWith(`/${name}`))?.[1]
    .toString()
    .split('\n')
    .slice(0, -1)

const tree = (path: string) => ({ kind: 'tree', path }) as const

await t.test('what a tree says comes out of it', async (t) => {
  const root = machineTree(t)
  const capture = await readCapture(tree(root), quick)
  t.same(capture.defects, [])
  t.match(capture.unread.join(), /debug\/irq: not there/)
  t.match(capture.manifest, { schema: 'irqlab.capture/1', intervalSeconds: 0, anonymised: false })
  t.notOk(capture.files.has('second/masks.txt'), 'one sample: nothing changes there')
  const seen = observe(capture)
  t.same(seen.defects, [])
  t.match(seen, {
    releaseText: '6.12.107-amd64',
    elapsedSeconds: undefined,
    balancers: [{ name: 'irqbalance', pids: [700] }],
    cpus: { words: ['isolcpus=2'] },
    wentOffline: [{ cpu: 3 }],
  })
  t.equal(seen.defaultMask?.toList(), '0-7')
  const irq = seen.irqs.find(({ number }) => number === 25)
  t.match(irq, {
    action: 'eth1-TxRx-0',
    chip: 'PCI-MSIX-0000:3b:00.0',
    device: { address: '0000:3b:00.0', ids: '8086:1592', driver: 'ice', interface: 'eth0' },
    counts: { total: 1001 },
    isFixed: false,
  })
  t.equal(irq?.requested.first?.toList(), '5')
  t.ok(seen.irqs.find(({ number }) => number === 26)?.isFixed)
  const names = diagnose(seen).findings.map(({ name, irq: number }) => [name, number])
  t.same(names.slice(0, 2), [
    ['writers-at-odds', undefined],
    ['pending-undecided', 25],
  ])
})

await t.test('nothing else is taken, and with -a no name of an interface', async (t) => {
  const root = machineTree(t)
  const path = join(t.testdirName, 'anonymous.tar.gz')
  await run(['sh', CAPTURE_SCRIPT, '-a', '-i', '0', '-r', root, '-o', path], {
    stage: 'test',
    limitMs: 30_000,
  })
  const anonymous = await readArchive(path)
  const text = (files: ReadonlyMap<string, Buffer>) => [...files.values()].map(String).join('\n')
  t.notMatch(text(anonymous.files), /eth[01]/)
  t.match(text(anonymous.files), /if1-TxRx-0/)
  t.notMatch(text(anonymous.files), 'acme')
  const writes = (file: string) => [
    `etc/rc.local:irq 28 smp_affinity_list 4`,
    'etc/rc.local:some irqs',
    `${file}:irq 26 smp_affinity 04`,
    `${file}:irq 27 smp_affinity_list 3`,
  ]
  t.same(
    linesOf(anonymous, 'writers.txt'),
    writes('')
      .map((line) => line.replace(/^.*:/, 'etc/unit:'))
      .toSorted(),
  )
  const named = join(t.testdirName, 'named.tar.gz')
  await run(['sh', CAPTURE_SCRIPT, '-i', '0', '-r', root, '-o', named], { stage: 'test', limitMs: 30_000 })
  t.same(linesOf(await readArchive(named), 'writers.txt'), writes('etc/systemd/system/acme.service'))
  const plain = await readCapture(tree(root), quick)
  t.match(text(plain.files), /acme-latency/)
  for (const { files } of [anonymous, plain]) {
    for (const secret of ['secret', 'alice', 'UUID', '52:54:00', '10.0.0.1']) t.notMatch(text(files), secret)
  }
  t.notMatch(
    readFileSync(path).toString('latin1'),
    process.env['USER'] ?? 'no name',
    'no owner in the archive',
  )
})

await t.test('this host: two samples, and nothing is left behind', async (t) => {
  const dir = t.testdir({ tmp: {} })
  process.env['TMPDIR'] = join(dir, 'tmp')
  t.teardown(() => delete process.env['TMPDIR'])
  const path = join(dir, 'here.tar.gz')
  await takeArchive({ kind: 'here' }, quick, path)
  const { files, defects } = await readArchive(path)
  const seen = observe(captureOf(files, defects))
  t.same(seen.defects, [])
  t.ok((seen.elapsedSeconds ?? 0) >= 1)
  t.ok(seen.irqs.length > 0)
  t.same(readdirSync(join(dir, 'tmp')), [])
  await t.rejects(
    takeArchive({ kind: 'here' }, quick, path),
    { stage: 'capture.file', message: /EEXIST/ },
    'never over a file',
  )
  t.ok(existsSync(path))
})

await t.test('over ssh: the same script, by the command that the user has', async (t) => {
  const dir = t.testdir({
    ssh: '#!/bin/sh\nprintf "%s\\n" "$@" >"$(dirname "$0")/asked"\nfor last; do :; done\nexec sh -c "$last"\n',
    broken: '#!/bin/sh\necho "ssh: connect to host x: No route to host" >&2\nexit 255\n',
  })
  for (const name of ['ssh', 'broken']) chmodSync(join(dir, name), 0o755)
  t.teardown(() => delete process.env['IRQLAB_SSH'])
  process.env['IRQLAB_SSH'] = `${join(dir, 'ssh')} -i key`
  const host = parseHost('ssh://admin@far.example:2222')
  const { files, defects } = await takeFiles(host, quick)
  t.same(captureOf(files, defects).defects, [])
  t.same(readFileSync(join(dir, 'asked'), 'utf8').trim().split('\n'), [
    '-i',
    'key',
    '-T',
    '-p',
    '2222',
    '--',
    'admin@far.example',
    'sh -s -- -o - -i 1',
  ])
  process.env['IRQLAB_SSH'] = join(dir, 'broken')
  await t.rejects(takeFiles(host, quick), {
    name: 'Trouble',
    stage: 'capture.ssh',
    message: /No route to host$/,
  })
})

await t.test('a signal ends it, and the script with it', async (t) => {
  const stop = new AbortController()
  const taking = takeFiles({ kind: 'here' }, { ...quick, intervalSeconds: 30, signal: stop.signal })
  const started = performance.now()
  await pause(300)
  stop.abort(new Error('enough'))
  await t.rejects(taking, { message: 'enough' })
  t.ok(performance.now() - started < 15_000, 'it does not wait for its second sample')
})

await t.test('targets', async (t) => {
  const dir = t.testdir({ folder: {}, tree: { proc: {} }, file: '' })
  t.same(parseTarget(undefined), { kind: 'here' })
  t.same(parseTarget(join(dir, 'file')), { kind: 'archive', path: join(dir, 'file') })
  t.match(parseTarget(join(dir, 'folder')), { kind: 'folder' })
  t.match(parseTarget(join(dir, 'tree')), { kind: 'folder' }, 'a copy of a machine, which may have links')
  t.match(parseTarget('/'), { kind: 'tree' }, "the kernel's own files")
  t.same(parseTarget('ssh://h'), { kind: 'ssh', destination: 'h', port: undefined })
  t.match(parseTarget('ssh://root@[fe80::1%eth0]:22'), { destination: 'root@fe80::1%eth0', port: 22 })
  for (const bad of [
    'ssh://-oProxyCommand=x',
    'ssh://a b',
    'ssh://u@-h',
    'ssh://h:0',
    'ssh://h:70000',
    'http://h',
    'ssh://h;ls',
    'absent.tar',
  ])
    t.throws(() => parseTarget(bad), { name: 'UsageError' }, bad)
  t.throws(() => parseHost(join(dir, 'file')), { name: 'UsageError', message: /is a capture already/ })
})

await t.test('the script can be read in a minute', async (t) => {
  const lines = captureScript().split('\n')
  t.ok(lines.length < 300)
  t.same(
    lines.filter((line) => line.length > 140),
    [],
  )
  t.match(captureScript(), /^#!\/bin\/sh\n/)
  const refusal = await run(['sh', CAPTURE_SCRIPT, '-i', '99'], { stage: 'test', limitMs: 5000 }).catch(
    String,
  )
  t.match(refusal, /exit code 64: capture.sh: -i 99/)
})
