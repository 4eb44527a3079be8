/** Programs that write affinities by themselves: which of them run in a guest, and what becomes of them there. */
import { Trouble } from '../base/errors.ts'
import type { Balancers } from '../image/guest-source.ts'
import type { GuestCommands } from './commands.ts'
import { Irqbalance } from './irqbalance.ts'

/** By the names of their processes, which are those of their services too. */
const KNOWN = ['irqbalance', 'tuned', 'numad'] as const

/** What was found, and done. */
export interface SettledBalancers {
  /** Those that had run before, or still do. */
  readonly writers: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Finds them; those that are to be `stopped` are stopped, as services where the system knows services, and are seen to be
 * gone. Throws `Trouble` at `boot.system` for one that cannot be stopped.
 */
export async function settleBalancers(
  guest: Pick<GuestCommands, 'run'>,
  wish: Balancers,
): Promise<SettledBalancers> {
  const output = await guest.run(wish === 'running' ? FIND : `${FIND}\n${STOP}`)
  const named = (word: string) =>
    [...output.matchAll(new RegExp(`^${word} (\\S+)$`, 'gm'))].map(([, name = '']) => name)
  const writers = [...new Set(named('runs'))]
  const [stays] = named('stays')
  if (stays !== undefined)
    throw new Trouble('boot.system', `${stays} of the guest writes affinities, and cannot be stopped`, {
      hint: 'balancers=running lets it run, and tells its writes as what they are',
      lasting: true,
    })
  return { writers, notes: writers.map((name) => NOTES[wish](name)) }
}

/** Starts irqbalance where it is to be `restarted`, and gives what a record should say of it. Throws as `Irqbalance`. */
export async function restartBalancer(
  guest: Pick<GuestCommands, 'run'>,
  wish: Balancers,
): Promise<string | undefined> {
  if (wish !== 'restarted') return undefined
  await new Irqbalance(guest).start()
  return 'irqbalance was started when all irqs were at rest, and looks every second'
}

const NOTES: Readonly<Record<Balancers, (name: string) => string>> = {
  stopped: (name) => `${name} ran in the guest and was stopped for this run; balancers=running leaves it`,
  restarted: (name) => `${name} ran in the guest and was stopped until the irqs were at rest`,
  running: (name) => `${name} runs in the guest, as its system has it`,
}

/** Builtins alone: `runs NAME` for each process, and `found` has their names and numbers. */
const FIND = `found=
for p in /proc/[0-9]*; do
c=; { read -r c <$p/comm; } 2>/dev/null
case $c in ${KNOWN.join('|')}) found="$found $c \${p#/proc/}"; echo "runs $c" ;; esac
done`

/**
 * A service that is killed would be started again, so its manager is asked first; one that was still to be started must not
 * come later.
 */
const STOP = `[ ! -d /run/systemd/system ] || systemctl mask --runtime --now ${KNOWN.map((name) => `${name}.service`).join(' ')} >/dev/null 2>&1 </dev/null
set -- $found
while [ $# -gt 1 ]; do
[ ! -d /proc/$2 ] || { rc-service $1 stop || service $1 stop || kill $2; } >/dev/null 2>&1 </dev/null
n=0
while [ -d /proc/$2 ] && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
[ ! -d /proc/$2 ] || kill -9 $2 2>/dev/null
c=; { read -r c </proc/$2/comm; } 2>/dev/null
[ "$c" != "$1" ] || echo "stays $1"
shift 2
done`
