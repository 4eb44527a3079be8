/**
 * Reads the affinity, counters and state of irqs in the guest. One shell command reads many irqs, without a fork for
 * each file: under TCG a fork costs as much as the whole answer's way back.
 */
import { Trouble } from '../base/errors.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Irq } from '../irq/irq.ts'
import { irqState, type IrqState } from '../irq/irq-state.ts'
import { parsePerCpuCount } from '../irq/per-cpu-count.ts'
import type { Reading } from '../irq/reading.ts'
import type { GuestCommands } from './commands.ts'
import type { DescriptorStates } from './descriptor-states.ts'
import { TRACEFS } from './tracefs.ts'

/**
 * Shell function, defined once per connection: prints one line of facts about irq $1; $2 is where its state word is. Effective is read on both sides
 * of the counters, so that a torn reading shows. Two marks in the trace say what happened before it and what after. An unreadable file leaves its field empty; an empty line, which is how the
 * kernel prints a mask of no CPU, is `none`.
 */
export const READING_FUNCTION = `reading() {
rn=$((rn + 1))
echo "irqlab reading mark=$$.$rn irq=$1" >${TRACEFS}/trace_marker
for t in 1 2 3 4 5; do
e1= c= a= e2= s=
read -r e1 </proc/irq/$1/effective_affinity_list
read -r c </sys/kernel/irq/$1/per_cpu_count
read -r a </proc/irq/$1/smp_affinity_list && a=\${a:-none}
read -r e2 </proc/irq/$1/effective_affinity_list
[ "$e1" = "$e2" ] && break
done
case $2 in
'') ;;
/*) while read -r k v; do [ "$k" != dstate: ] || s=\${v#0x}; done <$2 ;;
*) kcore $2 ;;
esac
echo "irqlab read mark=$$.$rn irq=$1" >${TRACEFS}/trace_marker
echo "reading irq=$1 mark=$$.$rn effective=$e1 counts=$c shown=$a again=$e2 state=$s"
}`

/**
 * Shell function: sets `s` to the word of /proc/kcore at $1, in hex, or to nothing. A program of ours that stays answers
 * (image/kcore-program.ts); a guest that has none, or in which it has fallen silent, starts `od` each time. Its pipes are
 * opened by both sides and then have no name; it ends with this shell. Not every sh can give up on a `read` (dash knows no -t).
 */
export const KCORE_FUNCTION = `kcore() {
if [ -z "$kw" ]; then
kw=none kt=
read -r -t 1 s </dev/null 2>/dev/null
[ $? -gt 1 ] || kt='-t 10'
: \${kcore_words:=/bin/kcore-words}
if [ -x $kcore_words ] && mkfifo /run/kcore-$$.q /run/kcore-$$.a; then
$kcore_words </run/kcore-$$.q >/run/kcore-$$.a 3</proc/kcore 2>/dev/null &
exec 8>/run/kcore-$$.q 9</run/kcore-$$.a
rm /run/kcore-$$.q /run/kcore-$$.a
kw=here
fi
fi
s=
if [ $kw = here ]; then
printf '%016x\\n' $1 >&8
read -r $kt s <&9 || { kw=none; exec 8>&- 9<&-; }
fi
[ $kw = here ] || s=$(od -An -v -tx4 -j $1 -N 4 /proc/kcore 2>/dev/null)
}`

const TORN_READINGS_MAX = 5
/** What the shell function says for an empty mask. */
const NO_CPU = 'none'

/** Reads irqs of one guest; every reading names the boot it belongs to. */
export class IrqReader {
  readonly #guest: GuestCommands
  readonly #states: DescriptorStates
  readonly #boot: { readonly bootId: string; readonly onlineCpus: CpuMask }
  readonly #keep: (raw: string) => void
  readonly #taken: Reading[] = []

  /** `keep` is given every raw text, before anything is made of it. */
  constructor(
    guest: GuestCommands,
    states: DescriptorStates,
    boot: { readonly bootId: string; readonly onlineCpus: CpuMask },
    keep: (raw: string) => void,
  ) {
    this.#guest = guest
    this.#states = states
    this.#boot = boot
    this.#keep = keep
  }

  /** Every whole reading so far, in order. */
  get taken(): readonly Reading[] {
    return this.#taken
  }

  /** Runs `before`, then reads all irqs, in one command. The readings come in the order asked for. */
  async read(irqs: readonly Irq[], before = ''): Promise<readonly Reading[]> {
    for (let attempt = 1; ; attempt++) {
      const script = [attempt === 1 ? before : '', ...irqs.map(({ number }) => this.command(number))].join(
        '\n',
      )
      const readings = this.parse(irqs, await this.#guest.run(script))
      if (readings !== undefined) return readings
      if (attempt === TORN_READINGS_MAX) {
        throw new Trouble('guest.reading', `effective affinity changed during each of ${attempt} readings`)
      }
    }
  }

  /** Effective affinity alone: a look, not evidence. Throws `Trouble` when it cannot be read. */
  async effective(irq: Irq): Promise<CpuMask> {
    const what = `effective_affinity_list of irq ${irq.number}`
    const text = await this.#guest.check(
      `read -r e </proc/irq/${irq.number}/effective_affinity_list; echo $e`,
    )
    return CpuMask.fromList(text.trim(), what)
  }

  /** The shell text that reads one irq, for callers that put it into a script of theirs. */
  command(irq: number): string {
    return `reading ${irq} ${this.#states.place(irq) ?? ''}`.trim()
  }

  /** Reads what `command` printed, once for each irq. Undefined when a reading was torn. Throws `Trouble`. */
  parse(irqs: readonly Irq[], output: string): readonly Reading[] | undefined {
    this.#keep(output)
    const readings = irqs.map((irq) => this.#parseOne(irq, output))
    const whole = readings.filter((reading) => reading !== undefined)
    this.#taken.push(...whole)
    return whole.length === irqs.length ? whole : undefined
  }

  #parseOne(irq: Irq, output: string): Reading | undefined {
    const line = output.split('\n').find((text) => text.startsWith(`reading irq=${irq.number} `))
    const match = /mark=(\S*) effective=(\S*) counts=(\S*) shown=(\S*) again=(\S*) state= ?(\S*)$/.exec(
      line ?? '',
    )
    const [, mark = '', effective = '', counts = '', shown = '', again = '', state = ''] = match ?? []
    if (effective === '' || counts === '' || shown === '') {
      throw new Trouble(
        'guest.reading',
        `irq ${irq.number} (${irq.action}) cannot be read: ${line ?? output.trim()}`,
      )
    }
    if (effective !== again) return undefined
    return {
      irq,
      ...this.#boot,
      // The shell took the newline off; that the line is whole shows by what follows it.
      counts: parsePerCpuCount(`${counts}\n`),
      readBack:
        shown === NO_CPU ? CpuMask.of() : CpuMask.fromList(shown, `smp_affinity_list of irq ${irq.number}`),
      effective: CpuMask.fromList(effective, `effective_affinity_list of irq ${irq.number}`),
      state: stateOf(state),
      mark,
    }
  }
}

function stateOf(text: string): IrqState | undefined {
  return /^[0-9a-f]{8}$/.test(text) ? irqState(Number.parseInt(text, 16)) : undefined
}
