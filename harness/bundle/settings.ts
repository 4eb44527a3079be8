/** What replay.sh is told of the run: settings.sh, every value quoted, whatever is in it. Pure. */
import { kernelCommandLine } from '../guest/qemu-args.ts'
import type { Machine } from '../guest/machine.ts'
import type { RunRecord } from '../record/run-record.ts'
import { qemuWords, WORK } from './qemu-words.ts'
import { quoted } from './quote.ts'
import type { ShellActs } from './shell-acts.ts'

/** What the script says. */
export interface SettingsWords {
  /** Why a shell cannot repeat this run; absent: it can. */
  readonly whyNot?: string | undefined
  /** What is looked for, in one sentence, where it is not what the run violated. */
  readonly symptom?: string | undefined
}

/** The text of settings.sh. */
export function settingsText(
  record: RunRecord,
  machine: Machine,
  fired: Pick<ShellActs, 'queues' | 'device'>,
  { whyNot, symptom }: SettingsWords = {},
): string {
  const { kvm, tcgOld, tcg, rest } = qemuWords(machine, fired, record.options.qemuArgs)
  const words = (list: readonly string[]) => list.map(quoted).join(' ').replaceAll(WORK, `'"$work"'`)
  return [
    '# What replay.sh has to know of the run. Written by irqlab.',
    ...Object.entries({
      RUN: oneLine(record.run),
      KERNEL: oneLine(`${record.kernel.release} (${record.kernel.source}), sha256 ${record.kernel.sha256}`),
      REASON: oneLine(symptom ?? record.reason),
      SYMPTOM: oneLine(symptom ?? ''),
      RUN_ACCEL: record.accel.used,
      APPEND: kernelCommandLine(machine, record.options.append),
      FAULT: symptom === undefined ? faultIn(record) : '',
      WHY_NOT: whyNot === undefined ? '' : oneLine(`a shell cannot repeat this run: ${whyNot}`),
    }).map(([name, value]) => `${name}=${quoted(value)}`),
    '',
    '# qemu_args: sets the arguments of QEMU, but for kernel and initramfs.',
    'qemu_args() {',
    '  case $ACCEL in',
    `    kvm) set -- ${words(kvm)} ;;`,
    `    *) if [ "$major" -lt 8 ]; then set -- ${words(tcgOld)}; else set -- ${words(tcg)}; fi ;;`,
    '  esac',
    `  set -- "$@" ${words(rest)}`,
    '  run_qemu "$@"',
    '}',
    '',
  ].join('\n')
}

/** A person reads it on a terminal: it must not write there what it likes. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 1000)
}

/**
 * What a line of the console must hold to be the same fault: the place in the source that a warning or BUG names, else its
 * first words. Empty for a run that did not end by a fault.
 */
function faultIn({ stage, reason, console: lines = [] }: RunRecord): string {
  if (stage !== 'kernel') return ''
  const said = [reason, ...lines].map(oneLine)
  for (const line of said) {
    const place = /\b(?:at|in) ([\w./-]+\.[chS]:\d+)/.exec(line)?.[1]
    if (place !== undefined) return place
  }
  const words = ['Kernel panic', 'BUG: ', 'Oops: ', 'general protection fault', 'WARNING: ', 'soft lockup']
  return words.find((word) => said.some((line) => line.includes(word))) ?? ''
}
