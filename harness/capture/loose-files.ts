/**
 * What is this loose file? People send `cat /proc/interrupts >interrupts.txt` under any name, the output of grep and tail over /proc/irq,
 * of lscpu and dmesg, sessions of crash(8). The text tells what it is; its name only where the text cannot.
 */
import { crashMasks, crashSections, crashSystem } from './crash-output.ts'

/** A file of a machine that was found in a loose one. */
export interface Recognised {
  /** `proc/interrupts`, `command/lscpu`. */
  readonly path: string
  readonly text: Buffer
  /** It was made by crash(8), whose masks are not those of /proc. */
  readonly byCrash?: true
}

/** A text is told by its beginning; only sessions and greps are read on. */
const BEGINNING = 8192
const HEADER_WITHIN = 400

/** All that the file has of a machine; empty when it is nothing that we know. */
export function recognise(name: string, text: Buffer): readonly Recognised[] {
  const start = text.toString('latin1', 0, BEGINNING)
  // A zero byte is in no text.
  if (start.includes('\0')) return []
  const base = name.slice(name.lastIndexOf('/') + 1)
  const [, before, file, after] =
    /(?:^|\/)(?:irq)?(\d{1,7})[/._-]((?:smp|effective)_affinity(?:_list)?|affinity_hint)(?:\.txt)?$|^$/.exec(
      name,
    ) ?? []
  if (before !== undefined && file !== undefined && after === undefined)
    return [{ path: `proc/irq/${before}/${file}`, text }]
  const whole = () => text.toString('latin1')
  if (/^crash(?:_[\w-]+)?> /m.test(start)) return session(whole())
  // crash(8) says first which CPUs are offline, and who copies from a terminal has the command in front.
  const header = /^ *(?:CPU\d+ +)*CPU\d+ *$/m.exec(start)
  if (header !== null && header.index < HEADER_WITHIN)
    return [{ path: 'proc/interrupts', text: text.subarray(header.index) }]
  if (/^\s*IRQ NAME\s+AFFINITY/m.test(start)) return small(crashMasks(whole()), true)
  if (/^\s*KERNEL: /m.test(start) && /^\s*RELEASE: /m.test(start)) return system(text)
  if (GREPPED.test(start)) return small(grepped(whole()))
  if (/^==> \/?(?:proc|sys)\//m.test(start)) return small(tailed(whole()))
  const known = KINDS.find(({ is }) => is.test(start))
  if (known !== undefined) return [{ path: known.path, text }]
  const channels = /^(Channel parameters for |driver: )([^\s:]*)/.exec(start)
  if (channels !== null) {
    const nic = channels[1] === 'driver: ' ? /ethtool_-i_([^/]+?)(?:\.txt)?$/.exec(base)?.[1] : channels[2]
    return nic === undefined
      ? []
      : [{ path: `command/ethtool_${channels[1] === 'driver: ' ? '-i' : '-l'}_${nic}`, text }]
  }
  const isLine = text.length < BEGINNING && /^[^\n]+\n?$/.test(start)
  if (isLine && /cmdline/i.test(base)) return [{ path: 'proc/cmdline', text }]
  if (isLine && /online/i.test(base) && /^\d[\d,-]*\n?$/.test(start)) return [{ path: `${CPU}/online`, text }]
  return []
}

const CPU = 'sys/devices/system/cpu'
const GREPPED =
  /^\/?(?:proc\/irq|sys\/(?:kernel|devices|bus|class))\/[^\s:]+:|^\/?(?:proc\/irq\/)?\d+\/smp_affinity(?:_list)?:/m

const KINDS: readonly { readonly is: RegExp; readonly path: string }[] = [
  { is: /^Architecture:/m, path: 'command/lscpu' },
  { is: /^(?:<\d+>)?\[ *\d+\.\d+\]/m, path: 'command/dmesg' },
  { is: /^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] /m, path: 'command/lspci' },
  { is: /^Linux version /, path: 'proc/version' },
  { is: /^Linux \S+ \d+\.\d+/, path: 'command/uname_-a' },
  { is: /^USER +PID /m, path: 'command/ps' },
  { is: /^cpu {2}\d+ /, path: 'proc/stat' },
  { is: /^Module +Size +Used by/, path: 'command/lsmod' },
  { is: /^processor\t: \d+/, path: 'proc/cpuinfo' },
]

/** crash(8), prompt by prompt. What it prints before the first one is what `sys` says. */
function session(text: string): readonly Recognised[] {
  const sections = crashSections(text) ?? []
  const start = text.slice(0, text.search(/^crash(?:_[\w-]+)?> /m))
  return [{ command: 'sys', output: start }, ...sections].flatMap(({ command, output }) =>
    recognise(command, Buffer.from(output, 'latin1')).map((one): Recognised => ({ ...one, byCrash: true })),
  )
}

function system(text: Buffer): readonly Recognised[] {
  const said = crashSystem(text)
  const release = said.get('RELEASE')
  const build = said.get('VERSION')
  return [
    ...(release === undefined
      ? []
      : [{ path: 'proc/sys/kernel/osrelease', text: Buffer.from(`${release}\n`) }]),
    ...(build === undefined ? [] : [{ path: 'proc/sys/kernel/version', text: Buffer.from(`${build}\n`) }]),
  ]
}

/** `path:line`, of grep over many small files. */
function grepped(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const path = line.replace(/^\/?(?=(?:proc|sys)\/)/, '').replace(/^(?=\d+\/)/, 'proc/irq/')
    return /^(?:proc|sys)\/[^:]+:/.test(path) || /^sys\/.*:\d\d\.[0-7]\/[a-z_]+:/.test(path) ? [path] : []
  })
}

/** `==> path <==` and the lines below it, of head and tail. */
function tailed(text: string): readonly string[] {
  let path = ''
  return text.split('\n').flatMap((line) => {
    const next = /^==> \/?(.+) <==$/.exec(line)?.[1]
    if (next !== undefined) path = next
    return next !== undefined || line === '' || path === '' ? [] : [`${path}:${line}`]
  })
}

/** Many small files of one line each, or of several. */
function small(lines: readonly string[], byCrash = false): readonly Recognised[] {
  const texts = new Map<string, string>()
  for (const line of lines) {
    const inAddress = /\/[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\//.exec(line)
    const colon = line.indexOf(':', inAddress === null ? 0 : inAddress.index + inAddress[0].length)
    const path = line.slice(0, colon)
    texts.set(path, `${texts.get(path) ?? ''}${line.slice(colon + 1)}\n`)
  }
  return [...texts].map(([path, text]) => ({
    path,
    text: Buffer.from(text, 'latin1'),
    ...(byCrash ? { byCrash } : {}),
  }))
}
