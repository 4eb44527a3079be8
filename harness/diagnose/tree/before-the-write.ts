/** The first forks of the tree: what a write does on this machine, and writes that were refused. */
import type { Step } from './step.ts'

/** Which of the two worlds is this? */
export const WHICH_WORLD: Step = {
  name: 'What a write does on this machine',
  shows: 'always asked first: what is the irqchip called?',
  answer: 'IR- moves at once, else it waits',
  means: [
    'On x86 an interrupt that is not remapped can only be moved in its own interrupt: a write to `smp_affinity` marks it, `smp_affinity` shows the new mask from then on, and the next interrupt, still on the old CPU, makes the move. With remapping the write itself moves it. The name of the irqchip tells which it is; what the command line asks for does not. An irq that nobody has requested takes any mask, and only keeps it.',
    'Not every irq of a machine is of the same kind. Timers, and irqs that the kernel manages, are moved by nobody; those of an IOMMU itself (`DMAR-MSI`) wait even where all others are immediate. `irqlab diagnose` says it of each irq in the column "a new mask".',
  ],
  seen: [
    ['No `IR-`: this one waits.', 'chip'],
    ['The same queue behind an IOMMU: `effective` follows within the write, no interrupt came.', 'remapped'],
  ],
  versions: [
    ['5.10 to 6.1', 'the chip of a PCI device is called `PCI-MSI`, for MSI-X too'],
    ['since 6.2', 'it bears the address of its device: `PCI-MSIX-0000:00:03.0`'],
  ],
  functions: ['decide', 'can-move-by-flag', 'can-move-by-chip', 'remapped-affinity', 'deactivated-affinity'],
  findings: ['no-remapping', 'remapping-on'],
  laws: ['held', 'at-the-write'],
  scenarios: ['deferred-move', 'immediate-move', 'level-line', 'edge-line'],
}

const REFUSED_IRQ: Step = {
  name: 'The kernel lets nobody move this irq',
  shows: 'EIO, since 6.12 EPERM, whatever is written',
  answer: 'managed, or a timer',
  means: [
    'Queues of NVMe, virtio-blk, virtio-scsi and many storage controllers are spread over the CPUs by the kernel (`PCI_IRQ_AFFINITY`) and stay where they are: that is what makes a queue for each CPU possible. Timers and other irqs requested with `IRQF_NOBALANCING`, and per-CPU irqs, refuse as well. The local timer, IPIs and the other rows of `/proc/interrupts` that have a name and no number have no mask at all.',
    "What a managed irq can be kept from is set at boot: `isolcpus=managed_irq,LIST`. How many queues there are is the driver's to say.",
  ],
  seen: [
    ['6.1: the file looks writable.', 'refused-managed'],
    ['6.12 says it in the mode of the file, which root may open all the same:', 'refused-since-6.12'],
  ],
  versions: [
    ['before 6.12', 'EIO; the files have mode 0644 all the same'],
    ['since 6.12', 'EPERM (eb29369fa543); mode 0444, decided when the irq is registered (c7718e5c76d4)'],
  ],
  functions: ['proc-write'],
  findings: ['managed-move-tried'],
  laws: ['forbidden', 'unmoved'],
  scenarios: ['managed-irq', 'eio-eperm', 'wrong-file'],
}

const REFUSED_MASK: Step = {
  name: 'The text is no mask that can be taken',
  shows: 'EINVAL, ERANGE or EOVERFLOW; or nothing was written',
  answer: 'another text',
  means: [
    'EINVAL: no CPU of the mask is online, or the text is malformed. ERANGE: a list names a CPU that the machine can never have. EOVERFLOW: a hexadecimal mask has too many bits. `smp_affinity_list` takes lists (`0-3,8`), `smp_affinity` hexadecimal masks (`ff,00000001`): `10` is CPU 10 in one and CPU 4 in the other. One character that is no digit is overlooked by every kernel, before eight that are ([report](reports/illegal-hex-digit.md)).',
    '`echo -n >FILE` writes nothing and succeeds. A script that tests no exit status misses a refusal, too, and one that is not root is always refused: read the mask back.',
  ],
  seen: [
    ['CPU 7 of four, bit 4 of four, no CPU, the timer; and nothing at all, which succeeds:', 'refused-masks'],
  ],
  versions: [
    ['5.10', 'the words `all` and `N` are EINVAL'],
    ['since 6.1', 'they are taken'],
  ],
  functions: ['proc-write', 'parse-list', 'parse-hex', 'select-affinity'],
  findings: [],
  laws: ['understood'],
  scenarios: ['bad-list', 'bad-hex', 'odd-spellings', 'offline-cpu', 'illegal-hex-digit'],
}

const REFUSED_SPACE: Step = {
  name: 'No vector left, said at once',
  shows: 'ENOSPC',
  answer: 'the target CPU is full',
  means: [
    'Only a write that takes effect at once can say so: with remapping. Without it the same write succeeds and is dropped later, see [below](#no-vector-left-found-out-later).',
  ],
  seen: [],
  functions: ['remapped-affinity', 'assign-vector', 'matrix-alloc'],
  findings: [],
  laws: ['refused'],
  scenarios: ['no-vector-left-remapped'],
}

/** Writes that fail. */
export const REFUSALS: readonly Step[] = [REFUSED_IRQ, REFUSED_MASK, REFUSED_SPACE]
