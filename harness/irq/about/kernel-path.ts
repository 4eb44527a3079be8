/** Which functions of the kernel does a move go through, on which versions? Each told once; the laws name them. */

/** One function on the path of a request, an interrupt or a vector. */
export interface KernelStep {
  /** `file:function` in the kernel's source. */
  readonly at: string
  /** The first version that has it; absent: it is in 5.10, the oldest that was read. */
  readonly from?: string
  /** The first version that has it no more; absent: it is in 7.3, the newest that was read. */
  readonly before?: string
  /** What it does there. */
  readonly does: string
}

/** Read in Debian's sources of 5.10, 6.1, 6.12 and 7.3; versions in between are those of the commits. */
const STEPS = {
  'proc-write': {
    at: 'kernel/irq/proc.c:write_irq_affinity',
    does: 'parses the mask, refuses an irq that user space may not move (EIO, since 6.12 EPERM) and a mask without an online CPU',
  },
  'parse-list': {
    at: 'lib/bitmap.c:bitmap_parselist',
    does: 'reads a list of CPUs (in lib/bitmap-str.c of 6.12 and 7.3); the words all and N came between 5.10 and 6.1',
  },
  'parse-hex': {
    at: 'lib/bitmap.c:bitmap_parse',
    does: 'reads a hexadecimal mask from its end (in lib/bitmap-str.c of 6.12 and 7.3), and steps over a character before eight digits',
  },
  'select-affinity': {
    at: 'kernel/irq/proc.c:irq_select_affinity_usr',
    does: 'says EINVAL for a mask without an online CPU: x86 chooses none by itself',
  },
  'proc-show': {
    at: 'kernel/irq/proc.c:show_irq_affinity',
    does: 'shows the pending mask while a request is pending, so read-back says nothing of where the irq is',
  },
  decide: {
    at: 'kernel/irq/manage.c:irq_set_affinity_locked',
    does: 'moves at once if the chip can and nothing is pending, else sets IRQD_SETAFFINITY_PENDING',
  },
  'can-move-by-flag': {
    at: 'kernel/irq/internals.h:irq_can_move_pcntxt',
    before: '6.14',
    does: 'tests IRQD_MOVE_PCNTXT: deferred unless the chip asked to be immediate',
  },
  'can-move-by-chip': {
    at: 'kernel/irq/internals.h:irq_can_move_pcntxt',
    from: '6.14',
    does: 'tests IRQCHIP_MOVE_DEFERRED: immediate unless the chip asked to be deferred',
  },
  'copy-pending': {
    at: 'kernel/irq/internals.h:irq_copy_pending',
    does: 'writes the mask over the pending one: the last request alone waits',
  },
  'edge-flow': {
    at: 'kernel/irq/chip.c:handle_edge_irq',
    does: 'counts the interrupt, acknowledges it (that moves the irq), then runs the handler, all on the old CPU',
  },
  'level-flow': {
    at: 'kernel/irq/chip.c:handle_fasteoi_irq',
    does: 'counts the interrupt, runs the handler, then ends the interrupt at its chip, all on the old CPU',
  },
  'level-end': {
    at: 'arch/x86/kernel/apic/io_apic.c:ioapic_ack_level',
    does: 'ends the interrupt of a level line of the IO-APIC, then makes the pending move, unless the IO-APIC still waits for that end',
  },
  'may-run': {
    at: 'kernel/irq/chip.c:irq_may_run',
    before: '6.17',
    does: 'sends an interrupt away uncounted while another CPU still runs the handler, which then runs it once more',
  },
  'can-handle': {
    at: 'kernel/irq/chip.c:irq_can_handle',
    from: '6.17',
    does: 'as irq_may_run before; on the CPU that the irq was moved to it waits for the other handler to end',
  },
  ack: {
    at: 'arch/x86/kernel/apic/vector.c:apic_ack_edge',
    does: 'first completes the move before this one, then makes the pending one, then tells the local APIC',
  },
  'irq-move': {
    at: 'kernel/irq/migration.c:__irq_move_irq',
    does: 'masks the irq at its chip around the move; a disabled irq stays pending',
  },
  'masked-move': {
    at: 'kernel/irq/migration.c:irq_move_masked_irq',
    does: 'clears the pending bit and applies the pending mask; -EBUSY sets the bit again, any other error drops the request',
  },
  'do-affinity': {
    at: 'kernel/irq/manage.c:irq_do_set_affinity',
    does: 'gives the chip the online part of the mask, and stores the whole mask',
  },
  'msi-affinity': {
    at: 'arch/x86/kernel/apic/msi.c:msi_set_affinity',
    does: 'asks for a vector and writes the message of the MSI; fires the irq again if the new vector was pending on the old CPU',
  },
  'assign-vector': {
    at: 'arch/x86/kernel/apic/vector.c:assign_vector_locked',
    does: 'keeps the vector if its CPU is in the mask, says -EBUSY while an old vector waits to be freed, else takes a new one',
  },
  'matrix-alloc': {
    at: 'kernel/irq/matrix.c:irq_matrix_alloc',
    does: 'takes a free vector of the CPU of the mask that has most of them; -ENOSPC when there is none',
  },
  'update-cfg': {
    at: 'arch/x86/kernel/apic/vector.c:apic_update_irq_cfg',
    does: 'makes the new CPU effective and traces vector_config',
  },
  'complete-move': {
    at: 'arch/x86/kernel/apic/vector.c:irq_complete_move',
    does: 'on the first interrupt on the new CPU: hands the old vector to the cleanup',
  },
  'cleanup-by-ipi': {
    at: 'arch/x86/kernel/apic/vector.c:send_cleanup_vector',
    before: '6.6',
    does: 'sends the old CPU an IPI that frees the vector',
  },
  'cleanup-by-timer': {
    at: 'arch/x86/kernel/apic/vector.c:vector_schedule_cleanup',
    from: '6.6',
    does: 'arms a timer of one jiffy on the old CPU that frees the vector (bdc1dad299bb)',
  },
  'free-moved': {
    at: 'arch/x86/kernel/apic/vector.c:free_moved_vector',
    does: 'frees the old vector and traces vector_free_moved',
  },
  'matrix-free': {
    at: 'kernel/irq/matrix.c:irq_matrix_free',
    does: 'puts a vector back and counts it as available',
  },
  'remapped-affinity': {
    at: 'drivers/iommu/intel/irq_remapping.c:intel_ir_set_affinity',
    does: 'takes a vector, rewrites the entry of the remapping table and starts the cleanup, all in the write itself',
  },
  'deactivated-affinity': {
    at: 'kernel/irq/manage.c:irq_set_affinity_deactivated',
    does: 'stores the mask of an irq without a handler, and leaves the pending bit as it is',
  },
  'setup-affinity': {
    at: 'kernel/irq/manage.c:irq_setup_affinity',
    does: 'chooses the CPUs of an irq that gets a handler: what user space set, if it has an online CPU',
  },
  'migrate-one': {
    at: 'kernel/irq/cpuhotplug.c:migrate_one_irq',
    does: 'moves an irq away from the CPU that goes offline, by its pending mask if it has one',
  },
  'fixup-pending': {
    at: 'kernel/irq/migration.c:irq_fixup_move_pending',
    does: 'clears the pending bit of an irq whose CPU goes offline; drops a mask without an online CPU',
  },
  'force-complete': {
    at: 'arch/x86/kernel/apic/vector.c:irq_force_complete_move',
    before: '6.15',
    does: 'frees the old vector of a move that no interrupt completed before the CPU went',
  },
  'force-complete-by-chip': {
    at: 'arch/x86/kernel/apic/vector.c:apic_force_complete_move',
    from: '6.15',
    does: 'the same, called through the chip by kernel/irq/migration.c:irq_force_complete_move',
  },
  'napi-schedule': {
    at: 'drivers/net/virtio_net.c:skb_recv_done',
    does: 'the handler of an rx queue: no more interrupts from this queue, NAPI polls it',
  },
  'napi-complete': {
    at: 'net/core/dev.c:napi_complete_done',
    does: 'ends the polling and lets the queue interrupt again; with napi_defer_hard_irqs and gro_flush_timeout it arms a timer instead',
  },
  'gro-receive-in-dev': {
    at: 'net/core/dev.c:napi_gro_receive',
    before: '5.17',
    does: 'takes a packet from the driver and traces it with its rx queue',
  },
  'gro-receive': {
    at: 'net/core/gro.c:napi_gro_receive',
    from: '5.17',
    does: 'takes a packet from the driver and traces it with its rx queue',
  },
} as const satisfies Readonly<Record<string, KernelStep>>

/** The name of a step. */
export type StepName = keyof typeof STEPS

/** The steps of these names, each once, in the order in which a request meets them. */
export function kernelPath(names: readonly StepName[]): readonly KernelStep[] {
  return (Object.keys(STEPS) as readonly StepName[])
    .filter((name) => names.includes(name))
    .map((name) => STEPS[name])
}

/** The kernels that were read: a step that says nothing of versions is in all of them. */
export const KERNELS_READ = '5.10 to 7.3'

/** `before 6.6`, `since 6.6`: on which kernels the function is there; undefined for all. */
export function versionsOf({ from, before }: KernelStep): string | undefined {
  if (from === undefined) return before === undefined ? undefined : `before ${before}`
  return before === undefined ? `since ${from}` : `${from}, before ${before}`
}
