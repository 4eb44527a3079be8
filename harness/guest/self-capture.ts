/** What would `irqlab capture` take of this guest now? The same script, run there; acts may come between its two samples. */
import { pause, poll } from '../base/poll.ts'
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { captureScript } from '../capture/capture-script.ts'
import type { GuestCommands } from './commands.ts'

/** How it is taken. */
export interface SelfCapture {
  /** The least time between the samples. */
  readonly seconds: number
  /** Acts between the samples, however long they take. */
  readonly during?: () => Promise<void>
}

/** Everything of it in the guest. */
const DIR = '/run/irqlab-capture'
/** The longest that the script knows: its pause is ended when the acts are over. */
const PAUSE_MAX_S = 60

/**
 * Gives the archive: a tar file, not packed, of plain text. Throws `Trouble` at `guest.capture` when the script fails, and what the
 * acts throw.
 */
export async function captureGuest(
  guest: Pick<GuestCommands, 'run'>,
  limits: Limits,
  { seconds, during }: SelfCapture,
): Promise<string> {
  const began = await guest.run(startScript(PAUSE_MAX_S))
  const pid = /^capture pid=(\d+)$/m.exec(began)?.[1]
  if (pid === undefined) throw new Trouble('guest.capture', `The capture did not start: ${began.trim()}`)
  await poll(
    limits.deadline('guest.evidence', 'The first sample of the capture'),
    async () => {
      const state = await stateOf(guest)
      if (state.ended !== undefined) throw await failed(guest, state.ended)
      return state.between || undefined
    },
    { everyMs: 100 },
  )
  const started = performance.now()
  await during?.()
  const leftMs = seconds * 1000 - (performance.now() - started)
  if (leftMs > 0) await pause(leftMs)
  await guest.run(endPause(pid))
  await poll(
    limits.deadline('guest.evidence', 'The second sample of the capture'),
    async () => {
      const { ended } = await stateOf(guest)
      if (ended !== undefined && ended !== '0') throw await failed(guest, ended)
      return ended === '0' || undefined
    },
    { everyMs: 100 },
  )
  const archive = await guest.run(`cat ${DIR}/capture.tar`, 'guest.evidence')
  await guest.run(`rm -rf ${DIR}`)
  return archive
}

function startScript(seconds: number): string {
  return [
    `rm -rf ${DIR}; mkdir -p ${DIR}/scratch`,
    `cat >${DIR}/capture.sh <<'irqlab-end-of-script'`,
    captureScript().trimEnd(),
    'irqlab-end-of-script',
    `( TMPDIR=${DIR}/scratch sh ${DIR}/capture.sh -u -i ${seconds} -o ${DIR}/capture.tar </dev/null >${DIR}/said 2>&1; echo $? >${DIR}/status ) &`,
    'echo "capture pid=$!"',
  ].join('\n')
}

async function stateOf(
  guest: Pick<GuestCommands, 'run'>,
): Promise<{ readonly between: boolean; readonly ended: string | undefined }> {
  const output = await guest.run(
    `b=no; for d in ${DIR}/scratch/*/irqlab-capture/second; do [ ! -d "$d" ] || b=yes; done; s=; [ ! -s ${DIR}/status ] || read -r s <${DIR}/status; echo "capture between=$b status=$s"`,
  )
  const [, between, status] = /^capture between=(\w+) status=(\d*)$/m.exec(output) ?? []
  return { between: between === 'yes', ended: status === '' ? undefined : status }
}

/** Ends the sleep between the samples, and no other: its parent is the script, whose parent we have started. The script goes on. */
function endPause(pid: string): string {
  return `parent() { while read -r k v; do [ "$k" != PPid: ] || echo $v; done <$1/status; }
for p in /proc/[0-9]*; do
[ "$(tr -d '\\0' <$p/cmdline)" = sleep${PAUSE_MAX_S} ] && [ "$(parent /proc/$(parent $p))" = ${pid} ] && kill \${p#/proc/}
done 2>/dev/null; :`
}

async function failed(guest: Pick<GuestCommands, 'run'>, status: string): Promise<Trouble> {
  const said = (await guest.run(`cat ${DIR}/said`)).trim()
  return new Trouble('guest.capture', `The capture in the guest ended with ${status}: ${said}`)
}
