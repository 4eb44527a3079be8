/** Runs one scenario file for a guest test: the same path as `irqlab run`, into a directory of the test's own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { machineOf } from '../guest/machine.ts'
import { chooseAccelerator } from '../host/accelerator.ts'
import { hostFacts } from '../host/host-facts.ts'
import { findQemu } from '../host/qemu-binary.ts'
import { cacheMemory } from '../image/cache-memory.ts'
import { openCache } from '../image/cache.ts'
import { initrdFor } from '../image/initrd.ts'
import { prepareKernel } from '../image/kernel.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { parseGuestSource } from '../image/guest-source.ts'
import { defaultKernel, modulesFor, ownKernel, prepareGuestImage } from '../image/prepare-guest-image.ts'
import { WarmStore } from '../image/warm-store.ts'
import { CampaignResults } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { planRuns } from './plan.ts'
import { runCampaign } from './run-campaign.ts'
import { loadScenario } from './worker.ts'

/** What a test asks for. */
export interface RehearsalRequest {
  /** Name of a file in `faults/` without its ending, or an absolute path. */
  readonly scenario: string
  /** As for `--kernel`; debian:6.1 unless said otherwise. */
  readonly kernel?: string
  /** As for `--guest`; absent: the micro guest. */
  readonly guest?: string
  readonly machine?: string
  readonly judgeAs?: 'deferred' | 'immediate'
  readonly append?: string
  readonly qemuArgs?: readonly string[]
  /** Used without proof, so that the path to KVM can be taken where KVM is of no use. */
  readonly accel?: 'kvm' | 'tcg'
  readonly retries?: number
  readonly timeoutScale?: number
  readonly cold?: boolean
  /** Snapshots are kept in this directory instead of the cache. */
  readonly snapshots?: string
  /** Hears of everything the run does, so that a test can meddle at the right moment. */
  readonly onProgress?: (words: string) => void
}

/** What a test gets. */
export interface Rehearsal {
  readonly record: RunRecord
  /** All attempts, the last one is `record`. */
  readonly records: readonly RunRecord[]
  /** The text of a file that the last attempt left. */
  readonly file: (name: string) => string
  /** How long the run took, in milliseconds. */
  readonly tookMs: number
  /** Removes what the run left. */
  readonly remove: () => void
}

/**
 * Where QEMU's translation of code that the guest has patched since can bring a boot: to an oops that is known for it, or
 * to a kernel that runs into the same breakpoint for ever (1 boot of 6.1 in some 400, QEMU 7.2; README, "KVM and TCG").
 */
const EMULATOR_STAGES: ReadonlySet<string> = new Set(['emulator.stale-code', 'boot.kernel'])

/**
 * Runs it and gives its record. What the emulator alone can have broken is run once more, and said; `records` has both.
 * Throws what preparation throws.
 */
export async function rehearse(request: RehearsalRequest): Promise<Rehearsal> {
  const first = await rehearseOnce(request)
  const { outcome, stage = '', reason, accel, console = [] } = first.record
  if (outcome !== 'broken' || accel.used !== 'tcg' || !EMULATOR_STAGES.has(stage)) return first
  const said = [`once more: ${stage}: ${reason}`, ...console.map((line) => `  ${line}`)]
  process.stderr.write(`${said.join('\n')}\n`)
  first.remove()
  const second = await rehearseOnce(request)
  return { ...second, records: [...first.records, ...second.records] }
}

async function rehearseOnce(request: RehearsalRequest): Promise<Rehearsal> {
  const file = resolve(import.meta.dirname, 'faults', `${request.scenario}.ts`)
  const scenarioFile = request.scenario.startsWith('/') ? request.scenario : file
  const cache = openCache()
  const quiet = () => undefined
  const source = parseGuestSource(request.guest ?? 'micro')
  const guest = await prepareGuestImage(source, cache, quiet)
  const asked = parseKernelSource(request.kernel ?? defaultKernel(source))
  const kernel =
    asked.kind === 'own'
      ? ownKernel(guest)
      : await prepareKernel(asked, cache, quiet, quiet, await modulesFor(source))
  const ready = { ...kernel, initrd: await initrdFor(guest, kernel, cache, quiet) }
  const memory = cacheMemory(cache)
  const qemu = await findQemu(process.env, memory)
  const results = mkdtempSync(join(tmpdir(), 'irqlab-rehearsal-'))
  const dir = await CampaignResults.make(results, 'rehearsal', new Date())
  const records: RunRecord[] = []
  const warm = new WarmStore(request.snapshots === undefined ? cache : openCache(request.snapshots))
  const started = performance.now()
  const onProgress = request.onProgress ?? quiet
  await runCampaign(
    {
      runs: planRuns({
        scenarios: [{ scenario: await loadScenario(scenarioFile), file: scenarioFile }],
        kernels: [ready],
        machines: request.machine === undefined ? [] : [machineOf(request.machine)],
        repeat: 1,
        seed: 1,
      }),
      guest,
      qemu,
      accelerator:
        request.accel === undefined
          ? await chooseAccelerator('auto', qemu, memory)
          : { name: request.accel, reason: 'a test asked for it' },
      host: await hostFacts(),
      results,
      dir,
      append: request.append ?? '',
      qemuArgs: request.qemuArgs ?? [],
      timeoutScale: request.timeoutScale ?? 1,
      retries: request.retries ?? 0,
      jobs: 1,
      keep: false,
      cold: request.cold ?? false,
      warm,
      ...(request.judgeAs === undefined ? {} : { judgeAs: request.judgeAs }),
      program: [process.execPath, resolve(import.meta.dirname, '../main.ts')],
      startedAtMs: Date.now(),
      signal: new AbortController().signal,
    },
    {
      onRunStart: quiet,
      onProgress: (_, words) => onProgress(words),
      onRunEnd: (record) => records.push(record),
      onNote: (_, words) => onProgress(words),
      onKept: quiet,
    },
  )
  const tookMs = performance.now() - started
  await warm.end()
  await dir.close()
  const record = records.at(-1)
  if (record === undefined) throw new RangeError('the campaign gave no record')
  const attempt = join(results, record.run, `attempt-${record.attempts}`)
  return {
    record,
    records,
    tookMs,
    file: (name) => readFileSync(join(attempt, name), 'utf8'),
    remove: () => rmSync(results, { recursive: true, force: true }),
  }
}
