/** virtme-ng beside us: the same kernel, QEMU, accelerator, CPUs and memory, from its start to the answer of `uname -r`. */
import { createInterface } from 'node:readline'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { Scope } from '../base/scope.ts'
import type { Preparation } from '../cli/preparation.ts'
import type { Machine } from '../guest/machine.ts'
import { type Argv, spawnProcess } from '../host/processes.ts'
import { run } from '../host/shell.ts'

const STAGE = 'bench.vng'
/** Under TCG its guest needs the better part of a minute: it starts from the files of the whole host. */
const LIMIT_MS = 180_000
const END_GRACE_MS = 5000
/** Its guest's root is the host's, shared: what mounts it cannot come from there, and what finds its ports must. */
const NEEDED =
  'it needs a kernel with virtiofs or 9p built in, such as debian:6.12, and virtiofsd and udev on this host'

/**
 * Pipes at both ends: QEMU opens /proc/self/fd/1 and 2 for it, and what Node gives a child are sockets, which cannot be
 * opened so (ENXIO, open(2)).
 */
const PIPED = '"$@" </dev/null 2>&1 | cat'

/** What decides its command line. */
export type VngRequest = Pick<Preparation, 'accelerator' | 'qemu'> & {
  readonly bzImage: string
  readonly machine: Machine
}

/**
 * Its command line. What virtme-ng chooses by itself stays its choice, such as the microvm machine under KVM: it is
 * measured at its best. It would choose the accelerator too, and trust a KVM that is none. Pure.
 */
export function vngArgv({ accelerator, qemu, bzImage, machine }: VngRequest): Argv {
  const shape = ['--cpus', `${machine.cpus}`, '--memory', `${machine.memoryMib}M`, '--qemu', qemu.path]
  const accel = accelerator.name === 'tcg' ? ['--disable-kvm'] : []
  return ['vng', '--run', bzImage, ...shape, ...accel, '--', 'uname', '-r']
}

/** Its version as it tells it. Throws `Trouble` when it is not on the PATH. */
export async function vngVersion(): Promise<string> {
  const { stdout } = await run(['sh', '-c', 'command -v vng >/dev/null || exit 127; vng --version'], {
    stage: STAGE,
    limitMs: 20_000,
    called: '`vng --version`',
  }).catch((error: unknown) => {
    throw new Trouble(STAGE, 'there is no vng on the PATH', { cause: error })
  })
  return stdout.trim()
}

/** Boots once; milliseconds from its start to the line with `release`. Throws `Trouble` with the last that it said. */
export async function vngBoot(argv: Argv, release: string, dir: string, scope: Scope): Promise<number> {
  const started = performance.now()
  // Should it have to be killed, its files go with our directory.
  const env = { ...process.env, TMPDIR: dir }
  const shell = await spawnProcess(['sh', '-c', PIPED, 'sh', ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    env,
    stage: STAGE,
  })
  scope.onEnd('virtme-ng', async () => {
    if (shell.isRunning) await shell.terminate(END_GRACE_MS)
  })
  const deadline = new Deadline(STAGE, 'The first command of virtme-ng', LIMIT_MS)
  let last = ''
  let tookMs: number | undefined
  const read = async () => {
    for await (const line of createInterface({ input: shell.stdout })) {
      if (line.trim() !== '') last = line.trim()
      if (line.trim() === release) tookMs ??= performance.now() - started
    }
  }
  try {
    await deadline.race(Promise.all([read(), shell.exited]))
  } catch (error) {
    await shell.terminate(END_GRACE_MS)
    throw error
  }
  if (tookMs !== undefined) return tookMs
  const said = last === '' ? 'it said nothing' : `the last it said: ${last}`
  throw new Trouble(STAGE, `its guest did not answer \`uname -r\`; ${said} (${NEEDED})`)
}
