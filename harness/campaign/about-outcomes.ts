/** What does the outcome of a run say, and what should be done about it? */
import type { AboutAnswer } from '../irq/about/verdict-states.ts'
import type { Outcome } from '../record/run-record.ts'

/** By the outcome; the exit codes are those of outcome.ts. */
export const ABOUT_OUTCOMES: Readonly<Record<Outcome, AboutAnswer>> = {
  pass: {
    says: 'Every law that was asked held.',
    matters: 'Silence is no pass: a run that asked nothing is broken.',
    look: ['record.json: each verdict with its numbers, and beside it all that they rest on'],
  },
  fail: {
    says: 'A law was violated, or the kernel faulted: panic, oops, BUG, WARN, or a message that no scenario declares.',
    matters: 'The kernel did what it must not. A fail is never tried again by itself.',
    look: [
      'the reason names law, queue and numbers; `irqlab explain LAW` says where to look first',
      'kernel.log and the console for a fault, trace.txt for a law',
    ],
  },
  known: {
    says: 'A law was violated that the scenario declares as a failure of this kernel.',
    matters: 'A live bug must not hide a new one: only the declared law on the declared kernels is excused.',
    look: [
      'the declaration in the scenario: it names the commit or the report',
      '`--fail-on known` makes it count',
    ],
  },
  fixed: {
    says: 'A failure that the scenario declares for this kernel did not show: the law held.',
    matters: 'A declaration that is no longer true would excuse the bug when it comes back.',
    look: [
      'the kernel was cured, and the declaration needs a `before`',
      'or the scenario no longer reaches the bug',
    ],
  },
  broken: {
    says: 'We cannot tell: a law unproven, nothing asked, or trouble with QEMU, SSH, traffic, the host or a limit.',
    matters: 'A fault of ours never counts against the kernel. `--retries 1` tries such a run once more.',
    look: [
      'the stage in the reason: which part of irqlab could not go on',
      '`starved` and `disturbed`: the host gave the guest too little, or somebody else touched the irq',
      '`irqlab doctor` says what this machine lacks',
    ],
  },
  skip: {
    says: 'The question has no meaning on this guest or machine: a need is not met.',
    matters: 'Known before the body runs. A broken or missing device is not a need, and no skip.',
    look: ['the need in the reason; `irqlab list` shows the needs of each scenario'],
  },
}
