/** What did the script on the machine say of its masks (host-masks.sh)? Text in, values out. */

/** What became of the mask of one irq. */
export interface MaskFate {
  /**
   * `same`: it was as before, nothing was written. `restored`: written back, and read back. `gone`, `other`: there is no such
   * irq any more. `refused`: the kernel did not take it.
   */
  readonly fate: 'same' | 'restored' | 'gone' | 'other' | 'refused'
  readonly irq: number
  readonly mask: string
  /** The rest of the line: action, what is there now, why. */
  readonly rest: string
}

/** What a restoring said. */
export interface Restoring {
  readonly fates: readonly MaskFate[]
  /** The machine was booted since: its masks are new. */
  readonly rebooted: boolean
}

/** Lines of `masks`, or of `masks guard` for what the guard on the machine had done. */
export function parseRestoring(output: string, by: 'us' | 'guard' = 'us'): Restoring {
  const head = by === 'us' ? 'masks' : 'masks guard'
  const line = new RegExp(
    `^${head} (same|restored|gone|other|refused) irq=(\\d+) mask=([0-9a-f,]+)(.*)$`,
    'gm',
  )
  return {
    fates: [...output.matchAll(line)].map(([, fate, irq, mask = '', rest = '']) => ({
      fate: fate as MaskFate['fate'],
      irq: Number(irq),
      mask,
      rest: rest.trim(),
    })),
    rebooted: new RegExp(`^${head} rebooted$`, 'm').test(output),
  }
}

/** The journal in lines of `masks journal`; undefined where none was printed. */
export function parseJournal(output: string): string | undefined {
  const lines = [...output.matchAll(/^masks journal (.*)$/gm)].map(([, line = '']) => line)
  return lines.length === 0 ? undefined : `${lines.join('\n')}\n`
}

/** In one sentence, for a person; undefined when there was nothing to do. */
export function restoringWords({ fates, rebooted }: Restoring): string | undefined {
  if (rebooted) return 'it was booted since: there are no masks to write back'
  const of = (fate: MaskFate['fate']) => fates.filter((one) => one.fate === fate)
  const written = of('restored')
  const parts = [
    ...(written.length === 0
      ? []
      : [
          `the masks of irqs ${numbers(written)} are as before: effective follows with the next interrupt of each`,
        ]),
    ...(of('gone').length === 0 ? [] : [`irqs ${numbers(of('gone'))} are gone, and their masks with them`]),
    ...(of('other').length === 0
      ? []
      : [`irqs ${numbers(of('other'))} serve something else now, and were left alone`]),
    ...of('refused').map(
      ({ irq, mask, rest }) => `the mask ${mask} of irq ${irq} could not be written back (${rest})`,
    ),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}

function numbers(fates: readonly MaskFate[]): string {
  return fates.map(({ irq }) => irq).join(', ')
}
