/** A law of the file: a text is taken as the CPUs that it names, or refused with the errno for what is wrong with it. */
import { errnoName } from '../errno-name.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** Longer texts are cut in sentences; the evidence has them whole. */
const SHOWN_MAX = 24

/** kernel/irq/proc.c:write_irq_affinity, lib/bitmap.c:bitmap_parselist and bitmap_parse (5.10 to 7.3). */
export const understood: Law = {
  name: 'understood',
  ofRefusals: true,
  wording:
    'a text is taken as the CPUs that it names, or refused with the errno for what is wrong with it; refused, it never reaches the irq core and changes nothing',
  judge({ move, trace }: LawInput): Finding {
    const { write, before, written } = move
    const { input } = write
    if (input === undefined) return unproven('no text was written')
    const error = write.error === undefined ? undefined : errnoName(write.error)
    const what = `${quoted(input.text)}, written to ${input.file},`
    const said = error === undefined ? 'was taken' : `was refused with ${error}`
    const numbers = {
      file: input.file,
      text: quoted(input.text),
      expected: input.errno ?? `taken as ${write.requested.toList()}`,
      error: error ?? 'none',
      readBack: written.readBack.toList(),
      effective: written.effective.toList(),
    }
    if (error !== input.errno) {
      const due = input.errno === undefined ? `names ${write.requested.toList()}` : `ends with ${input.errno}`
      return violated(`${what} ${said}: it ${due}`, numbers)
    }
    if (error === undefined) {
      const wrong = misunderstood({ move, mask: trace.write?.fields['mask'] })
      return wrong === undefined
        ? held(`${what} was taken as ${write.requested.toList()}`, numbers)
        : violated(`${what} was taken, and ${wrong}`, numbers)
    }
    if (trace.write !== undefined)
      return violated(`${what} ${said}, after it had reached the irq core`, numbers)
    const changed =
      !written.readBack.equals(before.readBack) ||
      !written.effective.equals(before.effective) ||
      written.state?.pending !== before.state?.pending ||
      input.shown.before !== input.shown.after
    if (changed) return violated(`${what} ${said}, and something changed all the same`, numbers)
    return held(`${what} ${said}, and nothing changed`, numbers)
  },
}

/** In what a text that was taken came out as something else; undefined when it did not. */
function misunderstood({ move, mask }: { move: MoveEvidence; mask: string | undefined }): string | undefined {
  const { requested, input } = move.write
  if (input?.file === 'default_smp_affinity') {
    const wanted = requested.toHex()
    return Number.parseInt(input.shown.after.replaceAll(',', ''), 16) === Number.parseInt(wanted, 16)
      ? undefined
      : `${input.shown.after} reads back instead of ${wanted}`
  }
  const readBack = move.written.readBack.toList()
  if (readBack !== requested.toList()) return `${readBack} reads back instead of ${requested.toList()}`
  if (mask === undefined) return 'the irq core never saw it'
  const firstWord = requested.cpus
    .filter((cpu) => cpu < 64)
    .reduce((bits, cpu) => bits | (1n << BigInt(cpu)), 0n)
  return /^0x[0-9a-f]+$/.test(mask) && BigInt(mask) === firstWord
    ? undefined
    : `the irq core was asked for ${mask}`
}

function quoted(text: string): string {
  if (text.length <= SHOWN_MAX) return JSON.stringify(text)
  return `${JSON.stringify(text.slice(0, SHOWN_MAX))}... (${text.length} bytes)`
}
