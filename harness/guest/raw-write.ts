/** Writing any bytes to a file of procfs with one write(2), with a reading on both sides and markers in the trace around it. */
import { Trouble } from '../base/errors.ts'
import { actMarker } from '../irq/act-markers.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import { type InputFile, type InputPrediction, inputPath } from '../irq/input.ts'
import type { Irq } from '../irq/irq.ts'
import { type AffinityWritten, readingAfter } from './affinity.ts'
import type { GuestCommands } from './commands.ts'
import type { DescriptorStates } from './descriptor-states.ts'
import type { IrqReader } from './irq-reader.ts'
import { TRACEFS } from './tracefs.ts'

/** One text to be written. */
export interface RawWrite {
  /** Number of the write in this run. */
  readonly id: number
  readonly irq: Irq
  readonly file: InputFile
  /** One character a byte. */
  readonly text: string
  /** Made before the write. */
  readonly prediction: InputPrediction
  /** No CPU where it must be refused. */
  readonly requested: CpuMask
}

/** In the guest: the bytes, and what dd said of them. */
const BYTES = '/run/irqlab-input'
const ERRORS = '/run/irqlab-error'

/**
 * Writes the text and says how that ended; a refusal is evidence, not an exception. Throws `Trouble` when the guest is lost
 * or does not say.
 */
export async function writeRaw(
  guest: GuestCommands,
  reader: IrqReader,
  states: DescriptorStates,
  request: RawWrite,
): Promise<AffinityWritten> {
  const { id, irq, file, text, prediction, requested } = request
  const read = reader.command(irq.number)
  const output = await guest.run([read, script(request), read].join('\n'))
  const outcome = /^wrote pid=(\d+) status=(\d+) error=(.*)\nshown before=(.*)\nshown after=(.*)$/m.exec(
    output,
  )
  if (outcome === null)
    throw new Trouble('guest.write', `The guest did not say how write ${id} ended: ${output.trim()}`)
  const [, pid = '', status = '', error = '', before = '', after = ''] = outcome
  const [first] = reader.parse([irq], output.slice(0, outcome.index)) ?? []
  if (first === undefined)
    throw new Trouble(
      'guest.reading',
      `effective of irq ${irq.number} changed again and again before the write`,
    )
  await states.learn([irq.number])
  return {
    before: first,
    written: await readingAfter(reader, irq, output.slice(outcome.index)),
    write: {
      requested,
      form: file === 'smp_affinity_list' ? 'list' : 'hex',
      error: status === '0' ? undefined : error.replace(/^.*: /, '') || `status ${status}`,
      pid: Number(pid),
      input: {
        file,
        text,
        errno: 'errno' in prediction ? prediction.errno : undefined,
        shown: { before, after },
      },
    },
  }
}

function script({ id, irq, file, text, prediction }: RawWrite): string {
  const path = inputPath(irq.number, file)
  const show = (name: string) => `${name}=; [ ! -r ${path} ] || read -r ${name} <${path}`
  const begin = actMarker('errno' in prediction ? 'input' : 'write', {
    id,
    irq: irq.number,
    file: file.replaceAll(' ', '-'),
    bytes: text.length,
    expect: 'errno' in prediction ? prediction.errno : prediction.mask.toList(),
  })
  return [
    show('b'),
    `{ ${printed(text)}; } >${BYTES}`,
    `echo '${begin}' >${TRACEFS}/trace_marker`,
    // One read and one write of all bytes. The shell's own printf would cut a long text into pieces.
    `p=$(sh -c 'echo $$; exec dd if=${BYTES} of=${path} bs=1M' 2>${ERRORS}); s=$?`,
    `echo "${actMarker('written', { id, irq: irq.number })} status=$s" >${TRACEFS}/trace_marker`,
    `e=; [ $s = 0 ] || while read -r l; do case $l in dd:*) e=$l;; esac; done <${ERRORS}`,
    show('a'),
    `echo "wrote pid=$p status=$s error=$e"; echo "shown before=$b"; echo "shown after=$a"`,
  ].join('\n')
}

/** Characters that come so often in a row are not spelt out. */
const LONG_RUN = 64

/** Shell text that prints exactly these bytes. */
export function printed(text: string): string {
  const runs = text.match(new RegExp(String.raw`([^])\1{${LONG_RUN - 1},}|[^]`, 'g')) ?? []
  const parts: string[] = []
  let short = ''
  const flush = () => {
    if (short !== '') parts.push(`printf '${octal(short)}'`)
    short = ''
  }
  for (const run of runs) {
    if (run.length < LONG_RUN) {
      short += run
      continue
    }
    flush()
    parts.push(`printf '%${run.length}s' '' | tr ' ' '${octal(run.charAt(0))}'`)
  }
  flush()
  return parts.length === 0 ? ':' : parts.join('; ')
}

function octal(text: string): string {
  return text.replaceAll(/[^]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
