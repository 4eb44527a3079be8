/** Is there a machine in what was unpacked? Its files by the paths that they had there, from a report or from loose files. */
import { Trouble } from '../base/errors.ts'
import { recognise } from './loose-files.ts'
import type { Machine } from './machine.ts'
import { isLog, isNeeded, machinePath } from './machine-paths.ts'
import { countersSum } from './report-irqs.ts'
import type { Unpacked } from './unpacked.ts'

/** Finds it; undefined when nothing is known of any machine. Throws `Trouble` when there are two. */
export function findMachine(unpacked: Unpacked): Machine | undefined {
  const files = new Map<string, Buffer>()
  const copies: Buffer[] = []
  const readOnly = new Set<string>()
  const loose: [path: string, text: Buffer][] = []
  let isSos = false
  const root = rootOf(unpacked.files)
  for (const [path, text] of unpacked.files) {
    const found = machinePath(path)
    if (found === undefined || found.root !== root || !(isNeeded(found.path) || isLog(found.path))) {
      loose.push([path, text])
      continue
    }
    isSos ||= found.path.startsWith('sos_')
    const known = canonical(found.path)
    // A command that several plugins ran; the copy that was kept first is as good.
    if (!files.has(known)) files.set(known, text)
    if (unpacked.readOnly.has(path)) readOnly.add(known)
  }
  const own = files.get('proc/interrupts')
  if (own !== undefined) copies.push(own)
  let byCrash = false
  if (!isSos) {
    for (const [path, text] of loose) {
      for (const one of recognise(path, text)) {
        byCrash ||= one.byCrash === true
        if (one.path === 'proc/interrupts') copies.push(one.text)
        else if (!files.has(one.path)) files.set(one.path, one.text)
      }
    }
  }
  if (files.size === 0 && copies.length === 0) return undefined
  const inOrder = copies.length < 2 ? copies : copies.toSorted((a, b) => countersSum(a) - countersSum(b))
  const [first] = inOrder
  if (first !== undefined) files.set('proc/interrupts', first)
  return {
    source: isSos ? 'sosreport' : 'files',
    files,
    laterInterrupts: inOrder.length > 1 ? inOrder.at(-1) : undefined,
    names: new Set([...unpacked.names].map((path) => machinePath(path)?.path ?? path)),
    readOnly,
    newestMs: unpacked.newestMs,
    unread: byCrash
      ? [
          'requests that wait: crash(8) shows the mask that was made last, and none that waits for an interrupt',
        ]
      : [],
  }
}

/** The output of a command without its plugin's folder, and without the options that changed from one sosreport to the next. */
function canonical(path: string): string {
  if (isLog(path)) return `command/irqbalance-log/${path}`
  const command = /^sos_commands\/[^/]+\/(.+)$/.exec(path)?.[1]
  if (command === undefined) return path
  if (command.startsWith('lspci')) return 'command/lspci'
  if (command.startsWith('ps_a')) return 'command/ps'
  return `command/${command}`
}

/** The folder that has proc/ and sys/. Throws `Trouble` when two have, side by side. */
function rootOf(files: Unpacked['files']): string | undefined {
  const roots = new Set<string>()
  for (const path of files.keys()) {
    const found = machinePath(path)
    if (found !== undefined && isNeeded(found.path) && /^(?:proc|sys|sos_commands)\//.test(found.path))
      roots.add(found.root)
  }
  const [root, ...others] = [...roots].toSorted((a, b) => a.length - b.length)
  const aside = others.find((other) => !other.startsWith(root ?? ''))
  if (root !== undefined && aside !== undefined) throw severalRoots(root, aside)
  return root
}

function severalRoots(one: string, two: string): Trouble {
  return new Trouble(
    'capture.report',
    `it holds two machines or more: ${JSON.stringify(one)} and ${JSON.stringify(two)}`,
    {
      hint: 'give one of them',
      lasting: true,
    },
  )
}
