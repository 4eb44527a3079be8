/** Which lines of a capture does a stranger need who is sent a reproducer? Only those, and no name of a network interface in them. Pure. */
import type { Observed } from '../diagnose/observed.ts'
import { anonymiser } from './anonymiser.ts'
import type { Reproduction } from './reproduction.ts'

/** The text of capture.txt. */
export function captureLines(seen: Observed, { findings, asked }: Reproduction): string {
  const anonymous = anonymiser(seen)
  const { cpus } = seen
  const lines = [
    `taken: ${seen.takenAt}${seen.elapsedSeconds === undefined ? ', one sample' : `, two samples ${seen.elapsedSeconds} s apart`}`,
    `proc/sys/kernel/osrelease: ${seen.releaseText ?? 'not read'}`,
    `proc/sys/kernel/version: ${seen.buildText ?? 'not read'}`,
    `sys/devices/system/cpu/online: ${twice(cpus.online.first?.toList(), cpus.online.second?.toList())}`,
    `sys/devices/system/cpu/possible: ${cpus.possible?.toList() ?? 'not read'}`,
    `sys/devices/system/cpu/isolated: ${cpus.isolated.toList() || 'none'}`,
    `proc/irq/default_smp_affinity: ${seen.defaultMask?.toList() ?? 'not read'}`,
    `proc/cmdline, of CPUs and interrupts: ${cpus.words.join(' ') || 'nothing'}`,
    `running: ${seen.balancers.map(({ name }) => name).join(', ') || 'neither irqbalance nor tuned'}`,
    '',
    ...findings.flatMap(({ name, sentence, evidence }) => [
      `${name}: ${sentence}`,
      ...evidence.map(({ file, value }) => `  ${file}: ${value}`),
      '',
    ]),
    ...asked.flatMap(({ subject: { theirs } }) => [
      `irq ${theirs.number}: ${theirs.action}, ${theirs.chip} ${theirs.flow ?? ''}`.trimEnd(),
      `  smp_affinity_list: ${twice(theirs.requested.first?.toList(), theirs.requested.second?.toList())}`,
      `  effective_affinity_list: ${twice(theirs.effective.first?.toList(), theirs.effective.second?.toList())}`,
      `  affinity_hint: ${theirs.hint?.toList() ?? 'none'}`,
      `  interrupts between the samples: ${theirs.fired?.total ?? 'not known'}`,
      '',
    ]),
    ...(seen.log === undefined ? ['the log of the kernel was not read'] : logLines(seen)),
  ]
  return `${lines.map(anonymous).join('\n')}\n`
}

const LOG_MAX = 40

function logLines({ log = [] }: Observed): readonly string[] {
  const telling = log.filter((line) =>
    /is now offline|Booting Node|IRQ fixup|affinity|irq handler|nobody cared/.test(line),
  )
  return telling.length === 0
    ? ['dmesg: no line about CPUs that went or interrupts that were lost']
    : ['dmesg:', ...telling.slice(-LOG_MAX).map((line) => `  ${line}`)]
}

function twice(first: string | undefined, second: string | undefined): string {
  if (first === undefined || second === undefined) return first ?? second ?? 'not read'
  return first === second ? first : `${first}, then ${second}`
}
