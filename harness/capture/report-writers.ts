/** Who writes masks on the machine of a stranger's report? Its processes, its settings, and what an administrator set up. */
import { linesOf, type Machine } from './machine.ts'
import { textsOf } from './report-irqs.ts'

/** Programs that write masks, as in capture.sh. */
const BALANCERS: ReadonlySet<string> = new Set(['irqbalance', 'tuned', 'numad', 'crio'])

/** The text of balancers.txt: from /proc where the report has it, else from ps. Undefined when neither is there. */
export function balancersText(machine: Machine): string | undefined {
  const comms = textsOf(machine, (path) => /^proc\/\d+\/comm$/.test(path))
  const ps = machine.files.get('command/ps')
  if (ps === undefined && comms === '') return undefined
  const fromProc = comms.split('\n').filter((line) => BALANCERS.has(line.slice(line.indexOf(':') + 1)))
  const fromPs = linesOf(ps).flatMap((line) => {
    const [, pid, command = ''] = /^\S+ +(\d{1,8})(?: +\S+){8} +(.+)$/.exec(line) ?? []
    // An interpreter's first argument is the program: `/usr/bin/python3 -Es /usr/sbin/tuned -l -P`.
    const words = command.split(' ').filter((word) => !word.startsWith('-'))
    const names = words
      .slice(0, /\/python[\d.]*$/.test(words[0] ?? '') ? 2 : 1)
      .map((word) => word.slice(word.lastIndexOf('/') + 1))
    const name = names.find((one) => BALANCERS.has(one))
    return pid === undefined || name === undefined ? [] : [`proc/${pid}/comm:${name}`]
  })
  return [...new Set([...fromProc, ...fromPs])].map((line) => `${line}\n`).join('')
}

const SETTING =
  /^\s*(?:IRQBALANCE_[A-Z_]*|ONESHOT|isolated_cores|no_balance_cores|isolate_managed_irq|default_irq_smp_affinity)\s*=/

/** The text of settings.txt; paths in the values are left out. */
export function settingsText(machine: Machine): string {
  const settings = textsOf(machine, (path) => /^etc\/(?:default|sysconfig|tuned)\//.test(path))
    .split('\n')
    .filter((line) => SETTING.test(line.slice(line.indexOf(':') + 1)))
    .map((line) => line.replaceAll(/([ ="'])\/[^ "']*/g, '$1PATH'))
  const profile =
    machine.files.get('etc/tuned/active_profile')?.toString('latin1').trim() ??
    /^Current active profile: (\S+)/m.exec(
      machine.files.get('command/tuned-adm_active')?.toString('latin1') ?? '',
    )?.[1]
  if (profile !== undefined) settings.push(`etc/tuned/active_profile:${profile}`)
  const refusals = [...machine.files]
    .filter(([path]) => path.startsWith('command/irqbalance-log/'))
    .flatMap(([, text]) => linesOf(text).filter((line) => line !== ''))
  return [...settings, ...new Set(refusals)].map((line) => `${line}\n`).join('')
}

/** What an administrator starts by a unit, at boot or at times. */
const STARTED = /^etc\/(?:rc\.local|crontab|cron\.[a-z]+\/|rc\.d\/|udev\/rules\.d\/|systemd\/system\/)/
/** A file larger than that is no unit and no script of a person's. */
const STARTED_BYTES_MAX = 64 * 1024

/**
 * Writes of masks that somebody set up, one a line: `etc/rc.local:irq 24 smp_affinity_list 3`, and only the file where the irq is not
 * spelled out. Nothing else of such a file is taken: it may hold anything.
 */
export function writersText({ files }: Machine): string {
  const lines = new Set<string>()
  for (const [path, text] of files) {
    if (!STARTED.test(path) || text.length > STARTED_BYTES_MAX) continue
    for (const line of linesOf(text)) {
      if (/^\s*(?:#|;)/.test(line) || !/smp_affinity|set_irq_affinity/.test(line)) continue
      const spelled = [
        ...line.matchAll(
          /echo\s+(?:-n\s+)?["']?([\da-fA-F][\da-fA-F,-]*)["']?\s*>\s*\/proc\/irq\/(\d+)\/(smp_affinity(?:_list)?)\b/g,
        ),
      ]
      for (const [, value, irq, file] of spelled) lines.add(`${path}:irq ${irq} ${file} ${value}\n`)
      if (spelled.length === 0) lines.add(`${path}:some irqs\n`)
    }
  }
  return [...lines].slice(0, LINES_MAX).join('')
}

const LINES_MAX = 1000
