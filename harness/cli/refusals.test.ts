import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { irqlab, makePlace, type Place } from './irqlab-fixture.ts'

/** A PATH with every program of this machine but those that match, and with an apt-get that tells on its caller. */
function pathWithout(
  place: Place,
  hidden: RegExp,
): { readonly path: string; readonly aptWasCalled: () => boolean } {
  const path = join(place.dir, 'bin')
  const called = join(place.dir, 'apt-was-called')
  mkdirSync(path)
  for (const dir of ['/usr/bin', '/usr/sbin', '/bin', '/sbin']) {
    for (const name of existsSync(dir) ? readdirSync(dir) : []) {
      if (hidden.test(name) || /^(apt|dpkg$|sudo)/.test(name) || existsSync(join(path, name))) continue
      symlinkSync(join(dir, name), join(path, name))
    }
  }
  program(join(path, 'apt-get'), `echo "$*" >>'${called}'`)
  return { path, aptWasCalled: () => existsSync(called) }
}

function program(path: string, script: string): string {
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

const run = (place: Place, ...more: string[]) => ['run', 'deferred-move', '--results', place.results, ...more]

await t.test('a missing package and no leave to install: the one command to run, and no apt', async (t) => {
  for (const [hidden, name] of [
    [/^mmdebstrap$/, 'mmdebstrap'],
    [/^qemu-system/, 'qemu-system-x86'],
  ] as const) {
    const place = makePlace()
    try {
      const { path, aptWasCalled } = pathWithout(place, hidden)
      const env = { PATH: path, IRQLAB_NO_INSTALL: '1' }
      const { status, stdout, stderr } = await irqlab(place, run(place), { env })
      t.equal(status, 2)
      t.equal(stdout, '')
      const [what, command, ...more] = stderr.split('\n')
      t.match(what, new RegExp(`^irqlab: missing on this machine: ${name} \\(.*IRQLAB_NO_INSTALL=1`))
      t.match(
        command,
        new RegExp(`^irqlab: run: (sudo )?apt-get install -y --no-install-recommends ${name}$`),
      )
      t.same(more, [''])
      const json = await irqlab(place, run(place, '--json'), { env })
      t.equal(json.status, 2)
      t.match(JSON.parse(json.stdout), {
        schema: 'irqlab.campaign/1',
        outcome: 'broken',
        stage: 'host.packages',
        hint: /apt-get install/,
        runs: [],
      })
      t.notOk(aptWasCalled())
      t.notOk(existsSync(place.results), 'no results')
      t.notOk(existsSync(place.cache), 'no cache')
    } finally {
      place.remove()
    }
  }
})

await t.test('--accel kvm never falls back: broken, with the reason and the remedy', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const qemu = program(
    join(place.dir, 'qemu'),
    `case "$*" in *--version*) echo 'QEMU emulator version 9.9.9'; exit;; esac
    echo 'qemu-system-x86_64: failed to initialize kvm: Device or resource busy' >&2; exit 1`,
  )
  const env = { IRQLAB_QEMU: qemu }
  const { status, stdout, stderr, tookMs } = await irqlab(place, run(place, '--accel', 'kvm'), { env })
  t.equal(status, 2)
  t.equal(stdout, '')
  t.match(stderr, /^irqlab: KVM cannot be used: [^\n]+\nirqlab: [^\n]+\n$/m)
  t.ok(tookMs < 3000, `${Math.round(tookMs)} ms`)
  const json = await irqlab(place, run(place, '--accel', 'kvm', '--json'), { env })
  t.equal(json.status, 2)
  t.match(JSON.parse(json.stdout), {
    outcome: 'broken',
    stage: 'host.accelerator',
    reason: /^KVM cannot be used: /,
    hint: String,
    runs: [],
  })
  t.notOk(existsSync(place.results), 'no results')
})

await t.test('a QEMU that is none is named', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const { status, stderr } = await irqlab(place, run(place), { env: { IRQLAB_QEMU: '/no/such/qemu' } })
  t.equal(status, 2)
  t.match(stderr, /^irqlab: No program \/no\/such\/qemu \(from IRQLAB_QEMU\)\nirqlab: /m)
  const other = await irqlab(place, run(place), { env: { IRQLAB_QEMU: '/bin/true' } })
  t.equal(other.status, 2)
  t.match(other.stderr, /^irqlab: Not a version of QEMU/m)
})

await t.test('a cache that cannot be one is bad usage', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const file = join(place.dir, 'file')
  writeFileSync(file, '')
  for (const cache of [file, join(file, 'below'), '/proc/no-such-place']) {
    const { status, stderr } = await irqlab(place, ['image', 'list'], { env: { IRQLAB_CACHE: cache } })
    t.equal(status, 64)
    t.match(stderr, new RegExp(`^irqlab: the image cache ${cache} cannot be made [^\n]*IRQLAB_CACHE\n$`))
  }
})

await t.test('a limit that is no number is told before anything is made or asked', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const { status, stdout, stderr } = await irqlab(place, run(place), { env: { IRQLAB_WARM_LIMIT: '4G' } })
  t.equal(status, 64)
  t.equal(stdout, '')
  t.equal(stderr, 'irqlab: IRQLAB_WARM_LIMIT=4G: give megabytes as a whole number\n')
  t.same(place.left(), [], 'nothing was made')
})
