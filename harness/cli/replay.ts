/** `irqlab replay RUN`: the same question again, with the same kernel, machine, seed and options; are the verdicts the same? */
import { resolve } from 'node:path'
import { Interrupted, Trouble, UsageError } from '../base/errors.ts'
import { findRun, type RunFound } from '../bundle/run-found.ts'
import type { PlannedRun } from '../campaign/plan.ts'
import { type ReadyKernel, runCampaign } from '../campaign/run-campaign.ts'
import { type Machine, recordedMachine } from '../guest/machine.ts'
import { parseGuestSource } from '../image/guest-source.ts'
import { checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { compareVerdicts, exitCodeOfSameness } from '../record/same-verdicts.ts'
import { Progress } from '../report/progress.ts'
import { samenessLines } from '../report/sameness.ts'
import {
  askedOf,
  asActivity,
  campaignRequest,
  inCampaign,
  planned,
  sayInterrupted,
} from './campaign-in-hand.ts'
import { interruptible } from './interruptible.ts'
import { kernelAgain } from './kernel-again.ts'
import { prepareGuest, prepareHost, withInitrd } from './preparation.ts'
import type { Terminal } from './program.ts'
import type { ReplayOptions } from './replay-options.ts'
import { listenerFor } from './run-listener.ts'
import { scenariosNamed } from './scenario-files.ts'

/** Gives 0 when the verdicts are the same, 1 when they differ, 2 when it cannot be told. Throws `UsageError` and `Trouble`. */
export async function replayCommand(
  name: string,
  options: ReplayOptions,
  terminal: Terminal,
): Promise<number> {
  const found = findRun(name)
  const { record } = found
  const machine = recordedMachine(record.machine)
  const [scenario] = await scenariosNamed([options.scenario ?? record.scenario])
  if (scenario?.scenario.name !== record.scenario)
    throw new UsageError(`--scenario ${options.scenario ?? ''}: the run is of ${record.scenario}`)
  const source = parseGuestSource(record.guest.source ?? record.guest.flavour)
  const results = resolve(options.results ?? DEFAULT_RESULTS)
  checkResults(results)
  const progress = new Progress(process.stderr)
  try {
    const host = await interruptible(
      terminal.signal,
      asActivity(progress, 'setting up', (telling) =>
        prepareHost(options.accel ?? record.accel.used, telling, async () => {
          const { guest } = await prepareGuest(telling.report, source)
          const kernel = await kernelAgain(found, source, guest, telling)
          return { guest, kernel: await withInitrd(kernel, guest, telling.report) }
        }),
      ),
    )
    if (host.guest.sha256 !== record.guest.sha256)
      progress.line('the guest is not the one of the run: it has other keys, or programs of another version')
    const run = { ...scenario, kernel: host.kernel, machine, repeat: 1, seed: record.seed }
    const again = await runAgain({ found, run, host, results, options, terminal, progress })
    const sameness = compareVerdicts(record, again)
    const document = { schema: 'irqlab.replay/1', run: record.run, again: again.run, ...sameness }
    if (options.json === true) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    else process.stdout.write(`${samenessLines(sameness).join('\n')}\n`)
    return exitCodeOfSameness(sameness)
  } catch (error) {
    if (error instanceof Interrupted) sayInterrupted(progress, error, 'nothing was compared')
    throw error
  } finally {
    progress.end()
  }
}

interface Again {
  readonly found: RunFound
  readonly run: PlannedRun<ReadyKernel> & { readonly machine: Machine }
  readonly host: Parameters<typeof campaignRequest>[0]['host']
  readonly results: string
  readonly options: ReplayOptions
  readonly terminal: Terminal
  readonly progress: Progress
}

function runAgain({ found, run, host, results, options, terminal, progress }: Again): Promise<RunRecord> {
  const { record } = found
  const { append, qemuArgs, timeoutScale, soakSeconds } = record.options
  return inCampaign(results, `replay-${record.scenario}`, async (open) => {
    const request = await campaignRequest({
      ...open,
      runs: [run],
      host,
      results,
      options: {
        append,
        qemuArg: qemuArgs,
        timeoutScale: options.timeoutScale ?? timeoutScale,
        // What was booted then is booted now: an irq that never moved shows itself while the guest is made ready.
        cold: record.guest.start !== 'warm',
        ...(soakSeconds === undefined ? {} : { soak: soakSeconds }),
      },
      jobs: 1,
      retries: options.retries,
      terminal,
    })
    const asked = await askedOf({ accel: record.accel.used, machine: [], repeat: 1 }, record.seed, terminal)
    const out = options.json === true ? process.stderr : process.stdout
    const show = { out, progress, seen: new Map<string, RunRecord>(), runs: [run], jobs: 1, results }
    const [again] = await planned(request, asked, () => runCampaign(request, listenerFor(show)))
    progress.end()
    if (again === undefined) throw new Trouble('replay', 'the run left no record')
    return again
  })
}
