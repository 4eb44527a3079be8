import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fakeBzImage } from '../image/bzimage-fixture.ts'
import { endingOf } from './ending.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'
import { runProgram } from './program.ts'

/** No control character, so that a name cannot write to the terminal what it likes; no second line, so no stack. */
const ONE_LINE = /^irqlab: \P{Cc}+\n$/u

const place = makePlace()
t.teardown(() => place.remove())

/** Files that a user might name by mistake. */
const kernels = join(place.dir, 'kernels')
mkdirSync(join(kernels, 'directory'), { recursive: true })
const file = (name: string, content: string | Buffer): string => {
  const path = join(kernels, name)
  writeFileSync(path, content)
  return path
}
const text = file('text', 'no kernel\n'.repeat(1000))
const empty = file('empty', '')
const good = file('good', fakeBzImage())
const cut = file('cut', fakeBzImage().subarray(0, 0x210))
const elf = file('vmlinux', `\x7fELF${'\0'.repeat(2000)}`)
const dangling = join(kernels, 'dangling')
symlinkSync('/no/such/place', dangling)

/** Nothing may be started: every program that irqlab knows tells on it. */
const traps = join(place.dir, 'traps')
const sprung = join(place.dir, 'sprung')
mkdirSync(traps)
for (const program of [
  'apt-cache',
  'apt-config',
  'apt-get',
  'dpkg-deb',
  'flock',
  'git',
  'ip',
  'mmdebstrap',
  'mount',
  'nsenter',
  'qemu-system-x86_64',
  'setpriv',
  'sh',
  'unshare',
]) {
  const path = join(traps, program)
  writeFileSync(path, `#!/bin/sh\necho "${program} $*" >>'${sprung}'\n`)
  chmodSync(path, 0o755)
}

const run = (...args: string[]): string[] => ['run', ...args, '--results', place.results]
const bisect = (...args: string[]): string[] => ['bisect', ...args, '--results', place.results]
const ends = (...args: string[]): string[] =>
  bisect('--tree', '/x', '--good', 'a', '--bad', 'b', '--scenario', ...args)
const kernel = (value: string): string[] => run('deferred-move', '--kernel', value)

/** Arguments, and what the one line must say: which option or name, which value, and what was meant. */
const BAD: readonly (readonly [args: readonly string[], ...says: readonly (string | RegExp)[]])[] = [
  [['runn'], "'runn'", /did you mean run\?/i],
  [['--bogus'], "'--bogus'"],
  [['-x'], "'-x'"],
  [['worker'], "'worker'"],
  [['guest-shell', 'true'], "'guest-shell'"],
  [['image'], 'image: give a command: build, list, prune'],
  [['image', 'destroy'], "'destroy'"],
  [['image', 'prune', 'everything'], 'prune', 'everything'],
  [['image', 'build', '--kernel', 'nope'], '--kernel nope', 'no such file', 'debian:6.1'],
  [['list', 'more'], 'list', 'more'],
  [['list', '--jsn'], '--jsn', '--json'],
  [['doctor', 'more'], 'doctor', 'more'],
  [['shell'], "'run'"],
  [['shell', ''], 'no kept run ""'],
  [['shell', 'nope'], 'no kept run "nope"'],
  [['shell', '../../etc'], 'no kept run "../../etc"'],
  [['shell', 'nope', 'uname', '-r'], 'no kept run "nope"'],

  [run('nope'), 'unknown scenario "nope"', 'irqlab list'],
  [run('deferred-mov'), '"deferred-mov"', 'did you mean "deferred-move"?'],
  [run(''), 'unknown scenario ""'],
  [run('; rm -rf /'), 'unknown scenario "; rm -rf /"'],
  [run('$(touch pwned)'), 'unknown scenario "$(touch pwned)"'],
  [run('../scenarios/deferred-move.ts'), '"../scenarios/deferred-move.ts"', 'no such file'],
  [run('scenarios/deferred-move'), '"scenarios/deferred-move"'],
  [run('DEFERRED-MOVE'), '"DEFERRED-MOVE"'],
  [run('a\nb\u001B[31mc'), String.raw`"a\nb\u001b[31mc"`],
  [run('deferred-move', 'deferred-move'), '"deferred-move" is given twice', '--repeat'],
  [run('deferred-move', '--bogus'), "'--bogus'", 'irqlab run --help'],
  [run('deferred-move', '-k'), "'-k'"],

  [run('--machine', 'nope'), 'machine "nope"', 'plain, remapped'],
  [run('--machine', ''), 'machine ""'],
  [run('--machine', '/etc/passwd'), 'machine "/etc/passwd"'],
  [run('--machine', 'plain', '--machine', 'plain'), '"plain" is given twice'],

  [run('--guest', ''), '--guest ""', 'debian-full or qcow2:PATH'],
  [run('--guest', 'fedora'), '--guest "fedora"', 'debian-full or qcow2:PATH'],
  [run('--guest', 'a\u001B[31mb'), '--guest', 'control characters'],
  [run('--guest', 'qcow2:/no/such'), '/no/such', 'ENOENT'],
  [run('--guest', `qcow2:${text}`), text, 'neither a qcow2 nor a raw disk'],
  [run('--guest', 'debian-full,balancers=off'), 'balancers', '"off"', 'stopped, running, restarted'],
  [run('--guest', 'debian-full', '--kernel', 'own'), '--kernel own', 'no kernel of its own'],
  [['image', 'build', '--guest', 'fedora'], '--guest "fedora"', 'debian-full'],
  [['try', 'deferred-move', '--guest', 'debian-full'], "'--guest'"],

  [kernel(''), '--kernel is empty', 'debian:6.1'],
  [kernel('debian:six'), '--kernel debian:six', 'debian:6.12'],
  [kernel('debian:6.1=5.10.218-1'), '--kernel debian:6.1=5.10.218-1', 'of it such as debian:6.1.9-1'],
  [kernel('deb:'), '--kernel deb:', 'linux-image'],
  [kernel('deb:/no/such.deb'), '/no/such.deb', 'no such file'],
  [kernel(`deb:${text}`), text, 'no .deb package'],
  [kernel(`bzimage:${cut}`), cut, 'boot header'],
  [kernel('tree:'), '--kernel tree:', 'tree:DIR'],
  [kernel('tree:/no/such'), '/no/such', 'no such directory'],
  [kernel(`tree:${kernels}`), kernels, 'no Linux tree'],
  [kernel('debian:6.1.1'), '--kernel debian:6.1.1', 'debian:6.1,'],
  [kernel('6.1'), '--kernel 6.1', 'did you mean debian:6.1?'],
  [kernel('/no/such/bzImage'), '--kernel /no/such/bzImage', 'no such file'],
  [kernel(join(kernels, 'directory')), `--kernel ${kernels}/directory`, 'directory', 'bzImage'],
  [kernel(text), `--kernel ${text}`, 'boot header'],
  [kernel(empty), `--kernel ${empty}`, 'empty'],
  [kernel(cut), `--kernel ${cut}`, 'boot header'],
  [kernel(elf), `--kernel ${elf}`, 'vmlinux', 'bzImage'],
  [kernel(dangling), `--kernel ${dangling}`, 'no such file'],
  [kernel(`${good},modules=`), 'modules=', 'empty'],
  [kernel(`${good},modules=/no/such`), 'modules=/no/such', 'no such directory'],
  [kernel(`${good},modules=${text}`), `modules=${text}`, 'directory'],
  [kernel('/a\nb'), String.raw`--kernel "/a\nb"`, 'control characters'],
  [['run', '--kernel'], '--kernel', 'missing'],

  [run('--repeat', '0'), '--repeat "0"', 'from 1 to'],
  [run('--repeat', '-1'), '--repeat "-1"'],
  [run('--repeat', 'two'), '--repeat "two"'],
  [run('--repeat', '1e9'), '--repeat "1e9"'],
  [run('--repeat', '0x10'), '--repeat "0x10"'],
  [run('--repeat', '2.5'), '--repeat "2.5"'],
  [run('--repeat', 'NaN'), '--repeat "NaN"'],
  [run('--repeat', 'Infinity'), '--repeat "Infinity"'],
  [run('--repeat', ' 5'), '--repeat " 5"'],
  [run('--repeat', ''), '--repeat ""'],
  [run('--seed', '2147483648'), '--seed "2147483648"', '2147483647'],
  [run('--seed', '1e3'), '--seed "1e3"'],
  [run('--retries', '2'), '--retries "2"', 'from 0 to 1'],
  [run('--jobs', '0'), '--jobs "0"', 'from 1 to 64'],
  [run('--jobs', '65'), '--jobs "65"', 'from 1 to 64'],
  [run('--jobs', '1.5'), '--jobs "1.5"'],
  [run('--jobs', 'many'), '--jobs "many"'],
  [run('--timeout-scale', '-1'), '--timeout-scale "-1"', 'greater than 0'],
  [run('--timeout-scale', '0'), '--timeout-scale "0"'],
  [run('--timeout-scale', 'NaN'), '--timeout-scale "NaN"'],
  [run('--timeout-scale', 'Infinity'), '--timeout-scale "Infinity"'],
  [run('--timeout-scale', '1e3'), '--timeout-scale "1e3"'],
  [run('--timeout-scale', '0x2'), '--timeout-scale "0x2"'],
  [run('--timeout-scale', ' 5'), '--timeout-scale " 5"'],
  [run('--timeout-scale', ''), '--timeout-scale ""'],
  [run('--accel', 'hvf'), '--accel "hvf"', 'auto, kvm, tcg'],
  [run('--accel', ''), '--accel ""'],
  [run('--fail-on', 'skip'), '--fail-on "skip"', 'known'],
  [run('--append', 'a\nb'), String.raw`--append "a\nb"`],
  [run('--qemu-arg', ''), '--qemu-arg'],
  [run('--qemu-arg', 'a\nb'), String.raw`--qemu-arg "a\nb"`],
  [run('--keep'), '--keep', 'name one scenario'],

  [['try'], '--patch'],
  [['try', '--patch', ''], '--patch is empty'],
  [['try', '--patch', '/no/such.patch'], '--patch /no/such.patch', 'no such file'],
  [['try', '--patch', text], `--patch ${text}`, 'no patch'],
  [['try', 'nope', '--patch', text], 'unknown scenario "nope"'],
  [['try', '--patch', text, '--base', 'nope'], '"nope"', 'debian-source:SERIES'],
  [['try', '--patch', text, '--base', 'tree:/no/such'], 'tree:/no/such', 'is not there'],
  [['try', '--patch', text, '--machine', 'nope'], 'machine "nope"'],
  [['try', '--patch', text, '--kernel', good], "'--kernel'"],

  [['bisect'], "'--tree <dir>'"],
  [bisect('--tree', '/x'), "'--good <commit>'"],
  [bisect('--tree', '/x', '--good', 'a'), "'--bad <commit>'"],
  [bisect('--tree', '/x', '--good', 'a', '--bad', 'b'), "'--scenario <name>'"],
  [bisect('--tree', '', '--good', 'a'), '--tree is empty'],
  [ends('nope'), 'unknown scenario "nope"'],
  [ends('deferred-move', '--machine', 'plain', '--machine', 'remapped'), '--machine', 'one machine'],
  [ends('deferred-move', '--runs', '0'), '--runs "0"', 'from 1 to 100'],
  [ends('deferred-move', '--boot-failure', 'good'), '--boot-failure "good"', 'bad, skip'],
  [ends('deferred-move', '--repeat', '2'), "'--repeat'"],
  [ends('deferred-move'), '--tree /x', 'no such directory'],

  [['run', '--results', text], `--results ${text}`, 'not a directory'],
  [['run', '--results', join(text, 'deeper')], `--results ${text}/deeper`, 'not a directory'],
  [['run', '--results', dangling], `--results ${dangling}`],
  [['run', '--results', ''], '--results'],
  [['run', '--results', '/'], '--results /'],
  [['run', '--results', 'a\nb'], String.raw`--results "a\nb"`],
  [['run', 'nope', '--json', '--results', place.results], '"nope"'],
]

const sayings = (said: string, says: readonly (string | RegExp)[]): readonly (string | RegExp)[] =>
  says.filter((word) => !(typeof word === 'string' ? said.includes(word) : word.test(said)))

await t.test('bad usage is refused in one line that names what and why', async (t) => {
  const before = place.left()
  t.intercept(process, 'env', { value: { ...process.env, PATH: traps, IRQLAB_CACHE: place.cache } })
  const terminal = { signal: new AbortController().signal, startedAtMs: Date.now() }
  for (const [args, ...says] of BAD) {
    const name = JSON.stringify(args)
    const error = await runProgram(args, terminal).then(
      (code) => `exit code ${code}`,
      (thrown: unknown) => thrown,
    )
    const { exitCode, text } = endingOf(error)
    t.equal(exitCode, 64, `${name}: ${text}`)
    t.match(text, ONE_LINE, name)
    t.same(sayings(text, says), [], `${name}: ${text}`)
  }
  t.notOk(existsSync(sprung), 'no program was started')
  t.same(place.left(), before, 'no cache, no results, nothing')
})

await t.test('and a process that is called so says just that, and leaves nothing', async (t) => {
  const before = place.left()
  for (const [args, ...says] of BAD.filter((_, at) => at % 8 === 0)) {
    const name = JSON.stringify(args)
    const { status, stdout, stderr } = await irqlab(place, args, { env: { PATH: traps } })
    t.equal(status, 64, `${name}: ${stderr}`)
    t.equal(stdout, '', `${name}: nothing on standard output`)
    t.match(stderr, ONE_LINE, name)
    t.same(sayings(stderr, says), [], `${name}: ${stderr}`)
  }
  t.notOk(existsSync(sprung), 'no program was started')
  t.same(place.left(), before, 'no cache, no results, nothing')
})
