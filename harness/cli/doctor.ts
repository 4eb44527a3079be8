/** `irqlab doctor`: what this machine has, what it lacks, and what to do about it. Changes nothing but what is remembered of KVM. */
import { accessSync, constants, existsSync } from 'node:fs'
import { messageOf, Trouble } from '../base/errors.ts'
import { chooseAccelerator } from '../host/accelerator.ts'
import { debianMirror } from '../host/debian-mirror.ts'
import { hostFacts } from '../host/host-facts.ts'
import { namespaceArgv } from '../host/namespace.ts'
import { missingPackages } from '../host/packages.ts'
import { afresh, forgetful, type Memory } from '../host/memory.ts'
import { findQemu } from '../host/qemu-binary.ts'
import { run } from '../host/shell.ts'
import { checkTunDevice } from '../host/tap.ts'
import { cacheDir } from '../image/cache.ts'
import { cacheMemory } from '../image/cache-memory.ts'
import { nearest } from '../record/results-dir.ts'
import { type Palette, pad, paletteFor } from '../report/colour.ts'

interface Finding {
  readonly what: string
  /** `note`: irqlab works all the same. */
  readonly state: 'ok' | 'note' | 'bad'
  readonly words: string
  readonly remedy?: string
}

/** Prints what was found; 0 when runs are possible, else 2. */
export async function doctorCommand(options: { readonly json?: boolean }): Promise<number> {
  const palette = paletteFor(process.stdout)
  const findings: Finding[] = []
  for (const check of checks()) {
    const finding = await check
    findings.push(finding)
    // One by one: the proof of KVM takes its time.
    if (options.json !== true) process.stdout.write(`${line(finding, palette)}\n`)
  }
  const well = findings.every(({ state }) => state !== 'bad')
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: 'irqlab.doctor/1', ready: well, findings }, null, 2)}\n`)
  } else {
    process.stdout.write(well ? 'irqlab can run here\n' : 'irqlab cannot run here yet\n')
  }
  return well ? 0 : 2
}

function* checks(): Generator<Promise<Finding> | Finding> {
  yield ask('host', async () => {
    const facts = await hostFacts()
    return `${facts.distribution ?? 'unknown system'}, kernel ${facts.kernelRelease}, ${facts.usableCpus} CPUs, ${facts.memoryMiB} MiB, Node ${facts.nodeVersion}`
  })
  yield packagesFinding()
  yield ask('QEMU', async () => (await findQemu()).version.text)
  yield acceleratorFinding()
  yield ask('namespaces', async () => {
    const argv = [...namespaceArgv({ root: process.getuid?.() === 0 }), 'true']
    await run(argv, { stage: 'host.namespace', limitMs: 5000, called: 'unshare' })
    return 'network, process and mount namespaces can be made'
  })
  yield ask('taps', async () => {
    await checkTunDevice()
    return '/dev/net/tun can be opened'
  })
  yield cacheFinding()
  yield ask('Debian mirror', async () => {
    await debianMirror()
    return 'known to apt'
  })
}

async function ask(what: string, answer: () => Promise<string>): Promise<Finding> {
  try {
    return { what, state: 'ok', words: await answer() }
  } catch (error) {
    return { what, state: 'bad', words: messageOf(error), ...remedyOf(error) }
  }
}

function packagesFinding(): Finding {
  const missing = missingPackages().map(({ name }) => name)
  if (missing.length === 0) return { what: 'packages', state: 'ok', words: 'all there' }
  const remedy = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  const canInstall = process.getuid?.() === 0 && process.env['IRQLAB_NO_INSTALL'] !== '1'
  if (canInstall)
    return {
      what: 'packages',
      state: 'note',
      words: `missing, a run will install them: ${missing.join(', ')}`,
    }
  return { what: 'packages', state: 'bad', words: `missing: ${missing.join(', ')}`, remedy }
}

async function acceleratorFinding(): Promise<Finding> {
  try {
    const { reason } = await chooseAccelerator('kvm', await findQemu(), doctorsMemory())
    return { what: 'KVM', state: 'ok', words: reason }
  } catch (error) {
    return { what: 'KVM', state: 'note', words: `${messageOf(error)}; runs use TCG`, ...remedyOf(error) }
  }
}

/** Asked anew, and kept for the runs to come; only in a cache that is there, because doctor makes none. */
function doctorsMemory(): Memory {
  return existsSync(cacheDir()) ? afresh(cacheMemory({ dir: cacheDir() })) : forgetful
}

function cacheFinding(): Finding {
  const dir = cacheDir()
  const there = nearest(dir)
  try {
    accessSync(there, constants.W_OK)
    return { what: 'cache', state: 'ok', words: there === dir ? dir : `${dir}, which a run will make` }
  } catch {
    const remedy = 'set IRQLAB_CACHE to a directory that can be written'
    return { what: 'cache', state: 'bad', words: `nothing can be written to ${there}`, remedy }
  }
}

function remedyOf(error: unknown): { readonly remedy?: string } {
  return error instanceof Trouble && error.hint !== undefined ? { remedy: error.hint } : {}
}

function line({ what, state, words, remedy }: Finding, palette: Palette): string {
  const sign = { ok: palette.good('✓'), note: palette.doubt('!'), bad: palette.bad('✗') }[state]
  const more = remedy === undefined ? '' : `\n${' '.repeat(17)}${palette.dim(`remedy: ${remedy}`)}`
  return `${sign} ${pad(what, 15)}${words}${more}`
}
