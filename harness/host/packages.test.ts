import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ensurePackages, missingPackages } from './packages.ts'
import type { HostPackage } from './packages.ts'

const bin = mkdtempSync(join(tmpdir(), 'irqlab-packages-'))
const { PATH, IRQLAB_NO_INSTALL } = process.env
process.env['PATH'] = `${bin}:${PATH}`
t.teardown(() => {
  process.env['PATH'] = PATH
  rmSync(bin, { recursive: true })
})

const shell: HostPackage = { name: 'dash', proof: ['sh', '/etc/passwd'], why: 'runs scripts' }
const frob: HostPackage = { name: 'frobnicator', proof: ['irqlab-frob'], why: 'frobs' }
const absentFile: HostPackage = { name: 'absent', proof: ['sh', '/no/such/file'], why: 'nothing' }

t.same(missingPackages([shell]), [])
t.same(missingPackages([frob, shell, absentFile]), [frob, absentFile], 'every proving file must be there')

await t.test('whoever names a QEMU of their own needs none of Debian’s', (t) => {
  const qemu: HostPackage = { name: 'qemu-system-x86', proof: ['no-such-qemu'], why: 'runs the guests' }
  t.same(missingPackages([qemu]), [qemu])
  process.env['IRQLAB_QEMU'] = '/opt/qemu/bin/qemu-system-x86_64'
  t.same(missingPackages([qemu, frob]), [frob])
  process.env['IRQLAB_QEMU'] = ''
  t.same(missingPackages([qemu]), [qemu], 'empty is as not set')
  delete process.env['IRQLAB_QEMU']
  t.end()
})

const lines: string[] = []
const report = (line: string): void => void lines.push(line)

await t.test('nothing missing: nothing is said or done', async (t) => {
  fakeApt('echo called >>"$0.log"; exit 1')
  await ensurePackages(report, [shell])
  t.same(lines, [])
  t.throws(() => readFileSync(join(bin, 'apt-get.log')))
})

await t.test('where installing is forbidden, the one command to run is the hint', async (t) => {
  process.env['IRQLAB_NO_INSTALL'] = '1'
  await t.rejects(ensurePackages(report, [shell, frob]), {
    name: 'Trouble',
    stage: 'host.packages',
    lasting: true,
    message: 'missing on this machine: frobnicator (frobs); IRQLAB_NO_INSTALL=1 forbids installing them',
    hint: /apt-get install -y --no-install-recommends frobnicator$/,
  })
  t.same(lines, [], 'nothing was announced')
})

const asRoot = process.getuid?.() === 0
await t.test('as root, missing packages are named and installed; as another user never', async (t) => {
  delete process.env['IRQLAB_NO_INSTALL']
  // The first install finds no lists: only then are they fetched.
  fakeApt(`echo "$1" >>"$0.log"
    case $1 in update) touch "$0.updated" ;; esac
    [ -e "$0.updated" ] || { echo "E: Unable to locate package" >&2; exit 100; }
    printf '#!/bin/sh\\n' >"${bin}/irqlab-frob"; chmod +x "${bin}/irqlab-frob"`)
  const done = ensurePackages(report, [shell, frob])
  if (!asRoot) {
    await t.rejects(done, {
      name: 'Trouble',
      message: /installing them needs root$/,
      hint: /^run: sudo apt-get/,
    })
    return
  }
  await done
  t.same(lines, ['installing frobnicator: frobs'])
  t.equal(readFileSync(join(bin, 'apt-get.log'), 'utf8'), 'install\nupdate\ninstall\n')
})

await t.test('an installation that fails, or brings nothing, is a lasting trouble', async (t) => {
  if (!asRoot) {
    t.pass('an ordinary user never gets that far: see above')
    return
  }
  fakeApt('echo "E: no network" >&2; exit 100')
  await t.rejects(ensurePackages(report, [absentFile]), {
    name: 'Trouble',
    lasting: true,
    message: /^could not install the missing packages: .*exit code 100: E: no network$/,
    hint: /^run: apt-get install .* absent$/,
  })
  fakeApt('exit 0')
  await t.rejects(ensurePackages(report, [absentFile]), { message: /^absent installed, but/ })
})

if (IRQLAB_NO_INSTALL !== undefined) process.env['IRQLAB_NO_INSTALL'] = IRQLAB_NO_INSTALL

function fakeApt(script: string): void {
  const file = join(bin, 'apt-get')
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}
