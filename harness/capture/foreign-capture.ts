/**
 * A stranger's report as a capture: the files of irqlab.capture/1, as the collecting script would have written them, as far as the report has
 * what it takes. What it has not is said in unread.txt, so that nothing is judged by its absence.
 */
import { type Capture, captureOf } from '../diagnose/capture.ts'
import { Trouble } from '../base/errors.ts'
import type { Machine } from './machine.ts'
import { channelsText, deviceTexts } from './report-devices.ts'
import { hostText, onlineOf } from './report-host.ts'
import { countersText, fixedTexts, maskTexts, textsOf, totalsText } from './report-irqs.ts'
import { logText } from './report-log.ts'
import { secondsToStat, takenAt } from './report-times.ts'
import { balancersText, settingsText, writersText } from './report-writers.ts'

const IRQ_FACT = /^(?:proc\/irq\/\d+\/affinity_hint|sys\/kernel\/irq\/\d+\/\w+)$/
const QUEUE = /\/queues\/[^/]+\/[xr]ps_cpus$/
const DEBUG_LINE =
  /pending:|IRQD_SETAFFINITY_PENDING|IRQD_AFFINITY_MANAGED|IRQD_MOVE_PCNTXT|IRQD_ACTIVATED|Vector:|Target:|move_in_progress/

/** Makes it. Throws `Trouble` when the report has neither masks nor counters. */
export function foreignCapture(machine: Machine, found: readonly string[]): Capture {
  const defects = [...found]
  const defect = (words: string) => void defects.push(words)
  const { files } = machine
  const masks = maskTexts(machine, defect)
  const counters = files.get('proc/interrupts')
  if (masks === '' && counters === undefined)
    throw new Trouble('capture.report', 'it has neither /proc/irq/*/smp_affinity_list nor /proc/interrupts', {
      hint: `${machine.source === 'sosreport' ? "sosreport's plugin `hardware` collects both; " : ''}\`irqlab capture --script\` prints what collects all that irqlab judges`,
      lasting: true,
    })
  const texts = new Map<string, string | Buffer | undefined>()
  const manifest = {
    schema: 'irqlab.capture/1',
    takenAt: takenAt(machine),
    intervalSeconds: 0,
    asRoot: machine.source === 'sosreport',
    anonymised: false,
  }
  texts.set('manifest.json', `${JSON.stringify(manifest)}\n`)
  const online = onlineOf(machine)
  const onlineLine = online === undefined ? undefined : `sys/devices/system/cpu/online:${online}\n`
  texts.set('first/masks.txt', masks)
  texts.set('first/online.txt', onlineLine)
  texts.set('first/interrupts.txt', counters && countersText(counters, defect))
  if (machine.laterInterrupts !== undefined) {
    texts.set('second/interrupts.txt', countersText(machine.laterInterrupts, defect))
    texts.set('second/online.txt', onlineLine)
  }
  texts.set('first/debug.txt', debugText(machine))
  texts.set(
    'vectors.txt',
    textsOf(machine, (path) => path === 'sys/kernel/debug/irq/domains/VECTOR') || undefined,
  )
  const totals = totalsText(machine)
  if (totals !== '') {
    const seconds = secondsToStat(machine)
    texts.set('totals.txt', `${seconds === undefined ? '' : `seconds:${seconds}\n`}${totals}`)
  }
  texts.set(
    'irqs.txt',
    textsOf(machine, (path) => IRQ_FACT.test(path)),
  )
  texts.set('fixed.txt', fixedTexts(machine))
  texts.set('host.txt', hostText(machine))
  const { links, devices } = deviceTexts(machine)
  texts.set('links.txt', links)
  texts.set('devices.txt', devices)
  texts.set(
    'queues.txt',
    textsOf(machine, (path) => QUEUE.test(path)),
  )
  texts.set('channels.txt', channelsText(machine) || undefined)
  const balancers = balancersText(machine)
  texts.set('balancers.txt', balancers ?? '')
  texts.set('settings.txt', settingsText(machine))
  texts.set('writers.txt', writersText(machine) || undefined)
  const log = logText(machine)
  texts.set('dmesg.txt', log)
  texts.set(
    'unread.txt',
    unread(machine, { masks, balancers, log, online })
      .map((line) => `${line}\n`)
      .join(''),
  )
  const all = [...texts].flatMap(([path, text]): [string, Buffer][] =>
    text === undefined ? [] : [[path, typeof text === 'string' ? Buffer.from(text, 'latin1') : text]],
  )
  return captureOf(new Map(all), defects, machine.source)
}

function debugText(machine: Machine): string | undefined {
  const lines = textsOf(machine, (path) => path.startsWith('sys/kernel/debug/irq/irqs/'))
  if (lines === '') return undefined
  return lines
    .split('\n')
    .filter((line) => DEBUG_LINE.test(line))
    .map((line) => `${line}\n`)
    .join('')
}

/** In the words of what is missing and of what that means. */
function unread(
  { files, source, laterInterrupts, unread: more }: Machine,
  has: {
    readonly masks: string
    readonly balancers: string | undefined
    readonly log: string | undefined
    readonly online: string | undefined
  },
): readonly string[] {
  const missing: readonly (readonly [boolean, string])[] = [
    [!files.has('proc/interrupts'), '/proc/interrupts: not there; nothing is known of counts and irqchips'],
    [
      !has.masks.includes('/smp_affinity_list:'),
      '/proc/irq/*/smp_affinity_list: not there; what was asked for is not known',
    ],
    [
      !has.masks.includes('/effective_affinity_list:'),
      '/proc/irq/*/effective_affinity_list: not there (kernels before 4.15 have none); whether a request waits cannot be told',
    ],
    [
      laterInterrupts === undefined,
      `a second sample: ${source === 'sosreport' ? 'sosreport takes' : 'there is'} only one; rates and moves are not known`,
    ],
    [
      ![...files.keys()].some((path) => path.startsWith('sys/kernel/debug/irq/irqs/')),
      `sys/kernel/debug/irq: ${source === 'sosreport' ? 'sosreport does not take it' : 'not there'}; the pending bit and free vectors are not known`,
    ],
    [has.online === undefined, '/sys/devices/system/cpu/online: not there'],
    [has.balancers === undefined, 'processes: not there; whether irqbalance runs is not known'],
    [has.log === undefined, "the kernel's log: not there; CPUs that went offline are not known"],
    [
      source === 'sosreport' &&
        !files.has('etc/default/irqbalance') &&
        !files.has('etc/sysconfig/irqbalance'),
      'settings of irqbalance: not in the report',
    ],
  ]
  return [...missing.filter(([is]) => is).map(([, words]) => words), ...more]
}
