/**
 * The trace of a run on a machine that is not ours: in an instance and a group of kprobes that are ours alone, bounded, and
 * removed in the end (host-masks.sh untrace). Whoever else traces there is not touched.
 */
import { NotApplicable } from '../base/errors.ts'
import type { GuestCommands } from '../guest/commands.ts'
import { PRELUDE } from '../guest/login.ts'
import { WHOLE_TRACEFS } from '../guest/tracefs.ts'
import { startTracing } from '../guest/tracing.ts'

const INSTANCE = `${WHOLE_TRACEFS}/instances/irqlab_host`
const GROUP = 'irqlab_host'

/** Of all CPUs together: a machine with many gives each of them less. */
const BUFFERS_KIB = 256 * 1024
const BUFFER_KIB_MAX = 4096
const BUFFER_KIB_MIN = 256

/** What every script of ours may count on there. */
export const HOST_PRELUDE = `tracefs=${INSTANCE}\n${PRELUDE}`

/** Starts it. Gives what `startTracing` gives. Throws `NotApplicable` where the machine cannot be traced, or does not let us. */
export async function startHostTracing(
  commands: GuestCommands,
  watched: { readonly irqs: readonly number[]; readonly netInterface: string; readonly cpus: number },
): Promise<ReadonlySet<string>> {
  const output = await commands.run(
    [
      `[ -d ${WHOLE_TRACEFS}/instances ] || echo "missing: tracefs is not mounted on ${WHOLE_TRACEFS}"`,
      `{ : >>${WHOLE_TRACEFS}/kprobe_events; } 2>/dev/null || echo "missing: kprobe_events cannot be written"`,
      `mkdir -p ${INSTANCE} 2>/dev/null || echo "missing: no instance of the trace can be made"`,
    ].join('\n'),
  )
  const missing = /^missing: (.*)$/m.exec(output)?.[1]
  if (missing !== undefined)
    throw new NotApplicable('kernel tracing', `this machine does not let us trace: ${missing}`)
  const each = Math.floor(BUFFERS_KIB / watched.cpus)
  return startTracing(commands, watched, {
    group: GROUP,
    bufferKibPerCpu: Math.min(BUFFER_KIB_MAX, Math.max(BUFFER_KIB_MIN, each)),
  })
}
