import { readFileSync } from 'node:fs'
import t from 'tap'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())

await t.test('help is a success, on standard output, for every command', async (t) => {
  const commands = [
    [],
    ['run'],
    ['list'],
    ['history'],
    ['compare'],
    ['explain'],
    ['doctor'],
    ['image'],
    ['kernel'],
    ['shell'],
  ]
  const inner = [
    ...['build', 'list', 'prune'].map((name) => ['image', name]),
    ...['list', 'fetch', 'page'].map((name) => ['kernel', name]),
  ]
  for (const command of [...commands, ...inner]) {
    const { status, stdout, stderr } = await irqlab(place, [...command, '--help'])
    const name = ['irqlab', ...command, '--help'].join(' ')
    t.equal(status, 0, name)
    t.ok(stdout.startsWith(`Usage: ${['irqlab', ...command].join(' ')} `), name)
    t.equal(stderr, '', name)
    t.ok(
      stdout.split('\n').every((line) => line.length <= 80),
      `${name}: fits a terminal of 80 columns`,
    )
  }
  t.same(place.left(), [], 'nothing was made')
})

await t.test('without a command it is the help too, and `help` is as good as --help', async (t) => {
  const help = await irqlab(place, ['--help'])
  t.same({ ...(await irqlab(place, [])), tookMs: 0 }, { ...help, tookMs: 0 })
  t.same({ ...(await irqlab(place, ['help'])), tookMs: 0 }, { ...help, tookMs: 0 })
  for (const name of ['run', 'list', 'explain', 'doctor', 'image', 'shell']) {
    t.match(help.stdout, new RegExp(`^  ${name} `, 'm'), name)
  }
})

await t.test('the help of run names every option of the issue', async (t) => {
  const { stdout } = await irqlab(place, ['run', '--help'])
  const options =
    'kernel machine append qemu-arg repeat accel seed keep timeout-scale results retries fail-on json dry-run soak'
  for (const option of options.split(' ')) t.match(stdout, new RegExp(`^  --${option}\\b`, 'm'), option)
})

await t.test('the help of --kernel names all its forms, and what is taken without it', async (t) => {
  for (const command of [['run'], ['image', 'build']]) {
    const { stdout } = await irqlab(place, [...command, '--help'])
    const words = stdout.replaceAll(/\s+/g, ' ')
    t.match(
      words,
      /--kernel <kernel> debian:SERIES\[=VERSION\], debian-source:SERIES\[,patch=FILE\], deb:FILE\[,FILE\], tree:DIR or \[bzimage:\]PATH\[,modules=DIR\]; may be repeated \(default: debian:6\.1\)/,
    )
  }
})

await t.test('the version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  t.match(await irqlab(place, ['--version']), { status: 0, stdout: `${version}\n`, stderr: '' })
})
