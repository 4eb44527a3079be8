/** The guest's own trace of what its kernel does with our irqs: which events, which probes, started and read as one. */
import { NotApplicable, Trouble } from '../base/errors.ts'
import { actMarker } from '../irq/act-markers.ts'
import { DEFERRED_PATH } from '../irq/laws/first-on-old.ts'
import type { GuestCommands } from './commands.ts'
import { TRACEFS, WHOLE_TRACEFS } from './tracefs.ts'

/**
 * Probes on the irq core. The offsets hold for x86-64, 5.10 to 7.3 (include/linux/irq.h, struct irq_data: irq at 4,
 * common at 16; the state word is the first of irq_common_data): `st` is state_use_accessors, `desc` the descriptor.
 */
const REQUIRED_PROBES = [
  'p:set irq_set_affinity_locked irq=+4(%di):u32 st=+0(+16(%di)):x32 mask=+0(%si):x64 desc=+16(%di):x64',
  'r:setr irq_set_affinity_locked ret=$retval:s32',
  'p:move irq_move_masked_irq irq=+4(%di):u32 st=+0(+16(%di)):x32',
  // An interrupt is acknowledged before its handler is entered; the cleanup of the old vector starts in between.
  'p:ack apic_ack_edge irq=+4(%di):u32',
] as const

/** Not on every kernel: a law that meets what only this probe could explain is unproven. */
const OPTIONAL_PROBES = [
  'p:retrigger apic_retrigger_irq irq=+4(%di):u32',
  // With remapping this is the acknowledge (drivers/iommu/intel/irq_remapping.c, .irq_ack of the INTEL-IR chip).
  'p:ack_remapped apic_ack_irq irq=+4(%di):u32',
  // A CPU that goes offline moves its irqs away, and no tracepoint speaks of it there: see irq/vector-ledger.ts.
  'p:taken apic_update_irq_cfg irq=+4(%di):u32 vector=%si:u32 cpu=%dx:u32',
  'p:given irq_matrix_free cpu=%si:u32 bit=%dx:u32',
  'p:message pci_msi_domain_write_msg irq=+4(%di):u32 lo=+0(%si):x32 hi=+4(%si):x32 data=+8(%si):x32',
] as const

/** irq_vectors is never enabled as a whole: it would trace every timer tick and IPI. */
const EVENTS = [
  'irq/irq_handler_entry',
  'irq_vectors/vector_config',
  'irq_vectors/vector_update',
  'irq_vectors/vector_clear',
  'irq_vectors/vector_alloc',
  'irq_vectors/vector_free_moved',
  'irq_matrix/irq_matrix_alloc',
  'irq_matrix/irq_matrix_alloc_managed',
  'irq_matrix/irq_matrix_free',
  'irq_matrix/irq_matrix_assign',
  'net/napi_gro_receive_entry',
] as const

/** Events whose kernel stack is part of the evidence; of our probes `set`. */
const WITH_STACK = ['irq_vectors/vector_config'] as const

/** Where the trace is made: in the whole of tracefs, as all of a guest is ours. */
const IN_OUR_GUEST: TracePlace = { group: 'irqlab', bufferKibPerCpu: 4096 }

/** What is not the same everywhere. */
export interface TracePlace {
  /** The group that our kprobes are declared in: nobody else's. */
  readonly group: string
  /** Of the ring buffer, for each CPU. */
  readonly bufferKibPerCpu: number
}

/**
 * Starts tracing the given irqs and the packets of one interface. Gives those of the functions a law may demand that
 * this kernel can name. Throws `NotApplicable` when the kernel cannot trace what the laws need.
 */
export async function startTracing(
  guest: GuestCommands,
  watched: { readonly irqs: readonly number[]; readonly netInterface: string },
  place: TracePlace = IN_OUR_GUEST,
): Promise<ReadonlySet<string>> {
  const { group, bufferKibPerCpu } = place
  const declare = (probe: string) =>
    `echo '${probe.replace(':', `:${group}/`)}' >>${WHOLE_TRACEFS}/kprobe_events`
  const script = [
    `cd ${TRACEFS} || echo 'missing tracefs'`,
    'echo 0 >tracing_on; echo nop >current_tracer; echo mono >trace_clock',
    `echo ${bufferKibPerCpu} >buffer_size_kb`,
    ...OPTIONAL_PROBES.map((probe) => `${declare(probe)} || true`),
    ...REQUIRED_PROBES.map((probe) => `${declare(probe)} || echo "missing kprobe ${probe.split(' ')[1]}"`),
    ...filterLines(watched.irqs, group),
    `echo 'name == "${watched.netInterface}"' >events/net/napi_gro_receive_entry/filter || echo "missing filter"`,
    ...[...WITH_STACK, `${group}/set`].map(
      (event) => `echo stacktrace >events/${event}/trigger || echo "missing stacktrace ${event}"`,
    ),
    ...[...EVENTS, group].map((event) => `echo 1 >events/${event}/enable || echo "missing event ${event}"`),
    'echo >trace; echo 1 >tracing_on',
    `grep -xE '${DEFERRED_PATH.join('|')}' ${WHOLE_TRACEFS}/available_filter_functions || true; cd /`,
  ].join('\n')
  const output = await guest.run(script, 'guest.evidence')
  const missing = output.split('\n').find((line) => line.includes('missing '))
  if (missing !== undefined) {
    throw new NotApplicable(
      'kernel tracing',
      `this kernel cannot trace what the laws need: ${missing.trim()}`,
    )
  }
  const lines = new Set(output.split('\n'))
  return new Set(DEFERRED_PATH.filter((name) => lines.has(name)))
}

/** From now on the interrupts of these irqs are traced, and of no others. Throws `Trouble` when the filter is refused. */
export async function watchIrqs(guest: GuestCommands, irqs: readonly number[]): Promise<void> {
  const output = await guest.run(
    [`cd ${TRACEFS}`, ...filterLines(irqs, IN_OUR_GUEST.group), 'cd /'].join('\n'),
  )
  if (output.includes('missing '))
    throw new Trouble('guest.evidence', `The trace cannot be told other irqs: ${output.trim()}`)
}

/** Shell text, run in tracefs: events of every irq of the machine would fill the trace. */
function filterLines(irqs: readonly number[], group: string): readonly string[] {
  const filter = irqs.map((irq) => `irq == ${irq}`).join(' || ')
  return ['irq/irq_handler_entry', `${group}/ack`, `${group}/ack_remapped`].map(
    (event) =>
      `echo '${filter}' >events/${event}/filter || [ ! -e events/${event} ] || echo "missing filter ${event}"`,
  )
}

/** Stops tracing and gives the whole `trace` file, raw. Throws `Trouble` when it cannot be read. */
export async function readTrace(guest: GuestCommands): Promise<string> {
  // The last entry is ours, so that a cut text shows.
  await guest.run(
    `echo '${actMarker('scenario-end', {})}' >${TRACEFS}/trace_marker; echo 0 >${TRACEFS}/tracing_on`,
    'guest.evidence',
  )
  const text = await guest.run(`cat ${TRACEFS}/trace`, 'guest.evidence')
  if (!text.startsWith('# tracer:')) {
    throw new Trouble('guest.evidence', `The trace cannot be read: ${text.slice(0, 200)}`)
  }
  return text.endsWith('\n') ? text : `${text}\n`
}
