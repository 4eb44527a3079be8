/** Steps of the tree for a request that was made, and still is not what was meant; and where effective cannot be read. */
import type { Step } from './step.ts'

/** The file that tells is not there. */
export const NO_EFFECTIVE: Step = {
  name: 'No effective_affinity_list',
  shows: 'the file is not there',
  answer: 'only the counters tell',
  means: [
    'On x86 every kernel for more than one CPU has it (`CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK`, 5.10 to 7.3). Where it is missing, on a kernel for one CPU or on another architecture, two readings of `/proc/interrupts` are all there is: the irq is where its counter grows, and a quiet one is nowhere. `irqlab diagnose` then judges no request, and says what it could not read; scenarios that need the file are skipped.',
  ],
  type: [
    'ls /proc/irq/N',
    'grep EFFECTIVE_AFF /boot/config-$(uname -r)',
    'cat /sys/kernel/irq/N/per_cpu_count; sleep 10; cat /sys/kernel/irq/N/per_cpu_count',
  ],
  seen: [],
  functions: ['proc-show', 'update-cfg'],
  findings: [],
  laws: [],
  scenarios: ['deferred-move'],
}

const HISTORY: Step = {
  name: 'The counters tell of the past',
  shows: 'the old CPU has the larger number, or the mask has several CPUs',
  answer: 'it did move; counters are history',
  means: [
    '`/proc/interrupts` counts since boot: the old CPU keeps its number for ever, and the interrupt that makes the move is still counted there. Only two readings say where it is now. Columns are CPUs that are online, so a column is not a CPU number; `/sys/kernel/irq/N/per_cpu_count` has all possible CPUs.',
    'A mask of several CPUs does not spread an interrupt: x86 chooses one of them, the one with the most free vectors, and if the irq is on a CPU of the new mask already it stays there, with nothing to do.',
  ],
  seen: [['The last lines of this, again: CPU 2 keeps its number, CPU 0 counts.', 'quiet-no-more']],
  functions: ['edge-flow', 'assign-vector', 'matrix-alloc'],
  findings: ['was-elsewhere'],
  laws: ['first-on-old', 'then-on-new', 'stayed'],
  scenarios: ['wider-mask', 'same-cpu', 'choice-of-cpus', 'wide-mask', 'shared-vector'],
}

const ELSEWHERE: Step = {
  name: 'Counted where it is not',
  shows: 'between two readings a CPU outside of effective counts',
  answer: 'a bug, or there and back',
  means: [
    'One straggler is right: a message under way when the address was rewritten. More of them mean that the device still sends elsewhere, or that effective is not told the truth. With irqbalance, or a mask that changed between the readings, the irq may have gone there and back, and irqlab says nothing.',
  ],
  seen: [['The kernel of ours that forgets to say where the irq went:', 'counted-elsewhere']],
  functions: ['msi-affinity', 'update-cfg', 'edge-flow'],
  findings: ['counted-elsewhere'],
  laws: ['counted-where-programmed', 'then-on-new'],
  scenarios: ['deferred-move', 'message-of-a-maskable-msi', 'message-of-a-non-maskable-msi'],
}

const ISOLATED: Step = {
  name: 'A CPU was set apart, and interrupts come all the same',
  shows: '`isolcpus=` or `nohz_full=`, and a device fires there',
  answer: 'isolation is no fence',
  means: [
    "Setting CPUs apart keeps tasks away. Irqs are kept away only when they start (`irq_setup_affinity` takes the default mask, which does not have isolated CPUs), and managed ones with `isolcpus=managed_irq,LIST` as long as another CPU is in their mask. Whoever writes such a CPU into a mask gets it: a driver's hint does that, too.",
    'A mask written away from an isolated CPU waits like any other: the last interrupt before the move hits it. Fire each irq once before the real-time work begins.',
  ],
  seen: [
    ['A queue was moved to CPU 2, which is set apart, and two packets leave through it:', 'isolated-hit'],
    ['The same queue, silent:', 'isolated-aimed-at'],
    ['A queue of a disk that belongs there, and that nobody can move:', 'isolated-managed'],
  ],
  functions: ['setup-affinity', 'select-affinity', 'masked-move'],
  findings: ['isolated-cpu-hit', 'isolated-cpu-aimed-at', 'managed-on-isolated-cpu'],
  laws: ['started', 'forbidden'],
  scenarios: ['isolated-cpus', 'default-affinity', 'managed-irq'],
}

/** Effective is within the mask. */
export const MADE: readonly Step[] = [HISTORY, ELSEWHERE, ISOLATED]
