/**
 * Every scenario on Debian's 6.1 (6.12 where that alone has the driver), on the machine that it declares: no law violated
 * but for declared failures, none unproven, none skipped, in a guest that was booted and in one that was restored.
 */
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import type { RunRecord } from '../record/run-record.ts'
import { loadScenario } from './worker.ts'
import { rehearse, type Rehearsal, type RehearsalRequest } from './rehearsal-fixture.ts'

/** Debian's cloud kernels have AHCI from 6.12 on. */
const KERNELS: Readonly<Record<string, string>> = {
  'non-maskable-msi.ts': 'debian:6.12',
  'message-of-a-non-maskable-msi.ts': 'debian:6.12',
  'disk-under-load.ts': 'debian:6.12',
}

/** These make them fire: that is their question. */
const STRAYING = new Set(['link-change.ts', 'tx-queue.ts'])

const SCENARIOS = new URL('../../scenarios/', import.meta.url).pathname

const files = globSync(`${SCENARIOS}/*/*.ts`, { exclude: (name) => basename(name) === 'regressions' })
for (const scenario of files.sort()) {
  const file = basename(scenario)
  await t.test(file, async (t) => {
    // On TCG the emulator may run code that the newer kernels have patched since; nothing else is tried again.
    const kernel = KERNELS[file]
    const request = kernel === undefined ? { scenario } : { scenario, kernel, retries: 1 }
    const outcome = (await loadScenario(scenario)).known.length > 0 ? /^(known|pass)$/ : 'pass'
    const { warm, cold: before } = await restored(request)
    t.match(warm.record.outcome, outcome, warm.record.reason)
    t.equal(warm.record.guest.start, 'warm')
    t.ok(warm.record.verdicts.length > 0, 'a pass without a verdict would be none')
    if (!STRAYING.has(file))
      t.same(strayed(warm), [], 'no config or tx interrupt of the NIC under test, from its boot to its end')
    warm.remove()
    // Ten seconds of silence say no more of a boot than one.
    if (file === 'quiet-queue.ts') return
    const { record: cold, remove } = before ?? (await rehearse({ ...request, cold: true }))
    remove()
    t.match(cold.outcome, outcome, cold.reason)
    t.equal(cold.guest.start, 'cold')
    t.same(verdictsOf(warm.record), verdictsOf(cold), 'the same laws of the same queues held')
  })
}

/** A run in a restored guest: where none was put aside yet, the first run does that, and is the cold one. */
async function restored(
  request: RehearsalRequest,
): Promise<{ readonly warm: Rehearsal; readonly cold?: Rehearsal }> {
  const first = await rehearse(request)
  return first.record.guest.start === 'warm'
    ? { warm: first }
    : { warm: await rehearse(request), cold: first }
}

function verdictsOf({ verdicts }: RunRecord): readonly string[] {
  return verdicts.map(({ law, queue, state }) => `${law} ${queue} ${state}`)
}

/** Config and tx irqs of the NIC under test that ever fired. */
function strayed(warm: Rehearsal): readonly string[] {
  const { rows } = parseInterrupts(warm.file('interrupts/proc-interrupts-end.txt'))
  return [...rows.values()]
    .filter(
      ({ irq, counts }) =>
        /^virtio1-(config|output)/.test(irq.action) && [...counts.values()].some((count) => count > 0),
    )
    .map(({ irq }) => irq.action)
}
