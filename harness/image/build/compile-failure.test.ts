/** The first errors of a build, however it failed, and how far it got. */
import t from 'tap'
import { compileFailure } from './compile-failure.ts'
import { CompileProgress } from './compile-progress.ts'
import { GIB, needDisk } from './disk-space.ts'
import { compareReleases, sourceVersion } from './source-version.ts'

const about = (...lines: readonly string[]) => compileFailure('build.compile', 'the kernel', lines, '/log')

await t.test('compiler, linker, kbuild, make: the first that said something', (t) => {
  const make = 'make[3]: *** [scripts/Makefile.build:229: kernel/irq/manage.o] Error 1'
  const gcc = "../src/kernel/irq/manage.c:3:1: error: 'x' undeclared"
  t.match(about('  CC      kernel/irq/manage.o', gcc, make), {
    stage: 'build.compile',
    lasting: true,
    message: "the kernel does not build: src/kernel/irq/manage.c:3:1: error: 'x' undeclared",
    hint: 'the whole log: /log',
  })
  t.match(about(gcc, gcc, gcc.replace('3:1', '4:1')).message, /3:1.*; .*4:1/)
  t.match(about("ld: manage.o: undefined reference to `f'", make).message, /undefined reference to `f'$/)
  t.match(
    about('***', '*** C compiler is too old.', '***   Minimum gcc version: 13.1.0', 'make: *** x').message,
    /C compiler is too old/,
  )
  t.match(about('flex: not found', make).message, /flex: not found$/)
  t.match(about(make).message, /manage\.o\] Error 1$/)
  t.match(about('', 'Killed').message, /Killed$/)
  t.match(about().message, /make said nothing$/)
  t.match(about('as: x.o: No space left on device', make), {
    stage: 'build.disk',
    message: /the disk is full/,
  })
  t.end()
})

await t.test('progress: what is compiled counts, and is told now and then', (t) => {
  let now = 0
  const told: string[] = []
  const progress = new CompileProgress(
    true,
    (words) => told.push(words),
    () => now,
  )
  for (const line of ['  CC      a.o', '  LD      b.o', 'warning', '  AS      c.o', '  HOSTCC  d'])
    progress.take(line)
  t.equal(progress.count, 3)
  now = 10_000
  progress.take('  CC      e.o')
  t.same(told, ['compiling about 1650 files', 'compiled 4 of about 1650 files'])
  t.end()
})

await t.test('disk, and versions', (t) => {
  needDisk('/tmp', GIB, 'unpacking', GIB)
  t.throws(() => needDisk('/x', 4 * GIB, 'unpacking', 1.5 * GIB), {
    stage: 'build.disk',
    lasting: true,
    message: 'unpacking needs 4.0 GiB in /x, and 1.5 GiB are free',
  })
  t.throws(() => needDisk('/tmp', Number.MAX_SAFE_INTEGER, 'unpacking'), { message: /^unpacking needs / })
  t.same(sourceVersion('VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\nNAME = x\n', 'f'), {
    series: '6.12',
    release: '6.12.117',
  })
  t.equal(
    sourceVersion('VERSION = 7\nPATCHLEVEL = 4\nSUBLEVEL = 0\nEXTRAVERSION = -rc3\n', 'f').release,
    '7.4.0-rc3',
  )
  t.throws(() => sourceVersion('all:\n', 'f'), { message: /f has no VERSION/ })
  t.ok(compareReleases('6.2', '6.12') < 0)
  t.ok(compareReleases('7.0', '6.12') > 0)
  t.equal(compareReleases('6.12', '6.12'), 0)
  t.end()
})
