/** What does a person read who is sent a bundle and does not know irqlab? Pure. */
import type { RunRecord } from '../record/run-record.ts'

/** What the text depends on beside the record. */
export interface ReadmeFacts {
  /** Why a shell cannot repeat the run; absent: it can. */
  readonly whyNot: string | undefined
  /** Why no images are packed; absent: they are. */
  readonly imagesMissing: string | undefined
  /** Of the machine: queue pairs of its NIC. */
  readonly queuePairs: number
}

/** The text of README.txt. */
export function readmeText(record: RunRecord, { whyNot, imagesMissing, queuePairs }: ReadmeFacts): string {
  const { kernel, accel, options } = record
  const violated = record.verdicts.filter(({ state }) => state === 'violated')
  return `${[
    'One run of irqlab',
    '=================',
    '',
    `scenario   ${record.scenario}`,
    `question   ${record.question}`,
    `outcome    ${record.outcome}: ${record.reason}`,
    `kernel     ${kernel.release}, asked for as ${kernel.source}`,
    `           sha256 of its bzImage ${kernel.sha256}`,
    ...(kernel.packageVersion === undefined ? [] : [`           package version ${kernel.packageVersion}`]),
    `machine    ${record.machine.name}; accelerator ${accel.used}, ${accel.qemu}`,
    `seed       ${record.seed}`,
    `when       ${record.timings.startedAt}`,
    ...(options.append === '' ? [] : [`added to the kernel's command line: ${options.append}`]),
    ...(options.qemuArgs.length === 0
      ? []
      : [`added to QEMU's command line, here too: ${options.qemuArgs.join(' ')}`]),
    '',
    ...(violated.length === 0
      ? ['No law was violated.']
      : [
          'What was violated:',
          ...violated.map(
            ({ law, queue, irq, sentence }) => `  ${law} on ${queue} (irq ${irq}): ${sentence}`,
          ),
        ]),
    '',
    'Repeat it without irqlab',
    '------------------------',
    '',
    ...(whyNot === undefined
      ? [
          '    ./replay.sh',
          '',
          'It needs qemu-system-x86_64, a POSIX shell and coreutils: no root, no network, no installation. It boots the kernel of',
          'the run in QEMU; the guest then does the same writes and is fired in the same order, all by itself. What it sees is',
          'printed as it goes; the whole console is in replay-console.log. Exit code: 0 the violation shows again, 1 it does',
          'not, 2 it cannot be told.',
          '',
          '    BZIMAGE=/path/to/bzImage ./replay.sh',
          '',
          'asks the same of another kernel, such as one with a fix. virtio-pci and virtio-net must be built into it.',
          '',
          'What differs from the run:',
          `  - The NIC of the run had ${queuePairs} receive queue${queuePairs === 1 ? '' : 's'} behind a tap. Without root there is no tap, and without a tap`,
          '    QEMU gives a NIC one queue: here each queue is a NIC of its own, and one more NIC sends to them over a hub inside',
          '    of QEMU. For the irq core they are the same: one MSI-X interrupt each. Numbers of irqs differ.',
          '  - The guest has no SSH server and no keys. It judges with fewer means than irqlab: where a law needs more than',
          '    counters, effective affinity and a few trace events, it says so and does not judge.',
          '  - Times are those of the acts, not to the millisecond. What is a race may need several tries.',
          '',
          'guest/acts.sh has the acts, one a line, and can be changed; guest/guest.sh says what each word does.',
        ]
      : [
          `./replay.sh cannot repeat this run: ${whyNot}.`,
          'It says so and ends with 2. irqlab itself can, see below.',
        ]),
    '',
    'Repeat it with irqlab',
    '---------------------',
    '',
    '    irqlab replay DIRECTORY_OF_THIS_FILE',
    '',
    'runs the scenario with the same seed, machine and options on the kernel in images/, and compares law by law.',
    '',
    'Images',
    '------',
    '',
    ...(imagesMissing === undefined
      ? [
          'images/bzImage       the kernel of the run, byte by byte',
          `images/guest.cpio    the guest of the run without SSH server and keys; with them its sha256 was`,
          `                     ${record.guest.sha256}`,
          'images/modules.cpio  the modules of that kernel that the guest loads; empty if it needs none',
        ]
      : [
          `None are in here: ${imagesMissing}.`,
          `The kernel goes to images/bzImage and must have the sha256 ${kernel.sha256}.`,
          `irqlab makes it ready with: irqlab image build --kernel '${kernel.source.replaceAll("'", '')}'`,
          ...(kernel.packageVersion === undefined
            ? []
            : [
                `Version ${kernel.packageVersion} of that package is the one; Debian keeps old ones in its snapshot archive.`,
              ]),
          'Guest and modules come out of a bundle that was made with images, of any run on this kernel.',
        ]),
    '',
    'evidence/ holds all that the run left: record.json is its result, docs/EVIDENCE.md of irqlab describes each file.',
  ].join('\n')}\n`
}
