import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type LimitName, Limits } from '../base/limits.ts'
import { Scope } from '../base/scope.ts'
import type { Argv } from '../host/processes.ts'
import { makeWorkdir } from '../host/workdir.ts'
import { bootGuest } from './guest.ts'

/** Speaks QMP on the socket and prints on the console; what `script` says next is done once QMP was asked for the CPUs. */
const FAKE_QEMU = `
const [, , socket, script] = process.argv
const print = (text) => process.stdout.write(text + '\\r\\n')
require('node:net').createServer((client) => {
  client.on('error', () => {})
  client.write('{"QMP": {"version": {}, "capabilities": []}}\\r\\n')
  client.setEncoding('utf8').on('data', (text) => {
    for (const line of text.trim().split('\\n')) {
      const { id, execute } = JSON.parse(line)
      const cpus = execute === 'query-cpus-fast'
      client.write(JSON.stringify({ return: cpus ? [{ 'thread-id': process.pid }] : {}, id }) + '\\r\\n')
      if (cpus) setTimeout(() => eval(script), 10)
    }
  })
}).listen(socket)
`

/** No test gets as far as a login. */
const NOWHERE = {
  flavour: 'micro',
  balancers: 'stopped',
  initramfs: '/nowhere',
  login: { user: 'root', port: 1, key: { privateKey: 'none' } },
} as const

/** Limits of which one is short: what it limits is meant to be too slow. */
class Hasty extends Limits {
  readonly #short: LimitName | undefined

  constructor(short?: LimitName) {
    super(1)
    this.#short = short
  }

  override ms(name: LimitName): number {
    return name === this.#short ? 300 : super.ms(name)
  }
}

/** Boots a fake. Gives what ended the boot, the stages reached, and whether the fake is gone after the scope's end. */
async function boot(t: Test, script: string, short?: LimitName, argv?: Argv) {
  const scope = new Scope()
  // The path of a socket may have 107 characters: too few for a test's own directory.
  const dir = await makeWorkdir(scope)
  await writeFile(join(dir, 'qemu.cjs'), FAKE_QEMU)
  const qmpSocket = join(dir, 'qmp')
  t.teardown(() => scope.end())
  const stages: string[] = []
  const booting = bootGuest(
    {
      argv: argv ?? [process.execPath, join(dir, 'qemu.cjs'), qmpSocket, script],
      qmpSocket,
      image: NOWHERE,
      evidenceDir: dir,
      limits: new Hasty(short),
      emulated: true,
      onStage: (stage) => stages.push(stage),
      onCommand: () => undefined,
    },
    scope,
  )
  const error: unknown = await booting.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return { error, stages, leaks: await scope.end() }
}

const STAGES =
  "print('Linux version 6.1'); print('irqlab-stage: init'); print('irqlab-stage: modules'); print('irqlab-stage: network'); print('irqlab-stage: nic')"

await t.test('a QEMU that is not there is trouble at its start', async (t) => {
  const { error, stages, leaks } = await boot(t, '', undefined, ['no-such-qemu'])
  t.match(error, { name: 'Trouble', stage: 'boot.qemu', lasting: true, message: /no-such-qemu/ })
  t.same(stages, [])
  t.same(leaks, [])
})

await t.test('a QEMU that refuses its command line is quoted, at once', async (t) => {
  const argv: Argv = ['sh', '-c', 'echo "qemu: -device: no such device" >&2; exit 1']
  const { error } = await boot(t, '', 'boot.qemu', argv)
  t.match(error, {
    name: 'Trouble',
    stage: 'guest.qemu',
    message: 'QEMU ended with status 1: qemu: -device: no such device',
  })
})

await t.test('a kernel that panics on its way is the kernel’s, at once', async (t) => {
  const panic = "print('[    1.8] Kernel panic - not syncing: VFS: Unable to mount root fs'); process.exit(0)"
  const { error, stages, leaks } = await boot(t, `print('Linux version 6.1'); ${panic}`)
  t.match(error, {
    name: 'KernelFault',
    kind: 'panic',
    message: 'Kernel panic: Kernel panic - not syncing: VFS: Unable to mount root fs',
    console: ['Linux version 6.1', /Unable to mount/],
  })
  t.same(stages, ['boot.qemu', 'boot.firmware'])
  t.same(leaks, [])
})

await t.test('a QEMU that dies on the way is trouble at the stage it was in', async (t) => {
  const { error } = await boot(
    t,
    "print('Linux version 6.1'); process.stderr.write('qemu: iotlb assertion\\\\n'); process.kill(process.pid, 'SIGABRT')",
  )
  t.match(error, {
    name: 'Trouble',
    stage: 'boot.kernel',
    message: 'QEMU ended by SIGABRT: qemu: iotlb assertion',
    hint: /qemu\.log/,
  })
})

await t.test('a guest that goes silent is trouble at its stage, and its QEMU is ended', async (t) => {
  const { error, stages, leaks } = await boot(
    t,
    "print('Linux version 6.1'); print('irqlab-stage: init')",
    'boot.init',
  )
  t.match(error, {
    name: 'Trouble',
    stage: 'boot.init',
    console: ['Linux version 6.1', 'irqlab-stage: init'],
  })
  t.same(stages, ['boot.qemu', 'boot.firmware', 'boot.kernel'])
  t.same(leaks, [])
})

await t.test('a guest that shows all stages but lets nobody in is trouble at the login', async (t) => {
  const { error, stages } = await boot(t, STAGES, 'boot.ssh')
  t.match(error, { name: 'Trouble', stage: /^(boot\.ssh|ssh\.)/ })
  t.same(stages, ['boot.qemu', 'boot.firmware', 'boot.kernel', 'boot.init', 'boot.network', 'boot.nic'])
})
