/**
 * A machine that is not ours, taken for a run: one irqlab at a time, what the run before has left restored first, a guard
 * beside us, and every mask kept before it may change. The scope gives it back as it was.
 */
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { pause, poll } from '../base/poll.ts'
import type { Scope } from '../base/scope.ts'
import { GuestCommands } from '../guest/commands.ts'
import type { CommandLogEntry } from '../ssh/guest-shell.ts'
import { Fence } from './fence.ts'
import { HOST_PRELUDE } from './host-tracing.ts'
import { type HostWay, openHostShell } from './host-shell.ts'
import { KeptMasks } from './kept-masks.ts'
import { parseJournal, parseRestoring, restoringWords } from './mask-lines.ts'

const SCRIPT = readFileSync(resolve(import.meta.dirname, 'host-masks.sh'), 'utf8')
const DIR = '/run/irqlab'
const RUN_SCRIPT = `sh ${DIR}/host-masks.sh`

/** Longer than any single command may take: a silent shell is a lost one. */
const PATIENCE_S = 120
const BEAT_EVERY_MS = 10_000
/** Of each undo: a busy machine far away has to answer. */
const UNDO_MS = 20_000

/** What taking a machine needs to know. */
export interface TakeRequest {
  readonly way: HostWay
  readonly limits: Limits
  readonly onCommand: (entry: CommandLogEntry) => void
  /** Hears what a person should know. */
  readonly note: (words: string) => void
}

/** A machine in our hands. */
export interface TakenHost {
  /** For the acts of the run: shut when the scope ends. */
  readonly commands: GuestCommands
  /** Rejects when the way there is lost; never resolves. */
  readonly loss: Promise<never>
  /** The address there that our connection goes to; undefined where ssh does not say. */
  readonly address: string | undefined
  /** Keeps the masks of these irqs, there and here, and has the scope write them back. Gives the journal. Throws `Trouble`. */
  readonly keepMasks: (irqs: readonly number[]) => Promise<string>
}

/** Takes it. Throws `Trouble` when it cannot be reached, or another irqlab is at work there. */
export async function takeHost(request: TakeRequest, scope: Scope): Promise<TakenHost> {
  const { way, limits, onCommand, note } = request
  const { destination } = way
  const opened = await openHostShell(
    way,
    limits.deadline('boot.ssh', `The login to ${destination}`),
    onCommand,
  )
  scope.onEnd(`the ssh to ${destination}`, opened.close, UNDO_MS)

  const kept = new KeptMasks(way)
  const raw = new GuestCommands(opened.shell, limits, (error) => Promise.resolve(error))
  await raw.check(`${HOST_PRELUDE}\n${installed()}`)
  const locked = await raw.run(`${RUN_SCRIPT} lock $$ ${who()}`)
  if (!/^masks locked$/m.test(locked)) throw refused(destination, locked)
  scope.onEnd(`the lock on ${destination}`, async () => void (await raw.run(`${RUN_SCRIPT} unlock`)), UNDO_MS)

  await restoreLeftovers(raw, kept, (words) => note(`${destination}: ${words}`))
  await startGuard(raw, limits)
  const beats = new AbortController()
  scope.onEnd('the signs of life', () => beats.abort())
  void keepBeating(raw, beats.signal)
  scope.onEnd(
    `the trace on ${destination}`,
    async () => {
      const output = await raw.run(`cd /; ${RUN_SCRIPT} untrace`)
      const stays = /^masks (?:instance|kprobe) stays.*$/m.exec(output)?.[0]
      if (stays !== undefined) throw new Trouble('cleanup', stays)
    },
    UNDO_MS,
  )

  const fence = new Fence(opened.shell)
  const loss = opened.lost.then((trouble) => Promise.reject(trouble))
  loss.catch(() => undefined)
  // What cannot be written back from here is written back by the guard there.
  const wayLost = opened.lost.then((trouble) => {
    const sure = `\`irqlab host restore\` makes sure`
    throw new Trouble('host.masks', `${trouble.message}; the guard there writes them back, and ${sure}`)
  })
  wayLost.catch(() => undefined)
  const keepMasks = async (irqs: readonly number[]): Promise<string> => {
    const saved = await raw.check(`${RUN_SCRIPT} save ${irqs.join(' ')}`)
    const journal = parseJournal(saved)
    if (journal === undefined)
      throw new Trouble('host.masks', `The masks on ${destination} cannot be kept: ${saved.trim()}`)
    // Until here nothing was changed: without a copy here nothing will be.
    kept.write(journal)
    scope.onEnd(
      `the affinity masks of ${destination}`,
      async () => {
        fence.shut()
        await Promise.race([restore(raw, kept, note), wayLost])
      },
      UNDO_MS,
    )
    return journal
  }
  const commands = new GuestCommands(fence, limits, (error) => Promise.resolve(error))
  return { commands, loss, address: opened.address, keepMasks }
}

function installed(): string {
  return [
    `umask 077; mkdir -p ${DIR} && chmod 700 ${DIR} && cat >${DIR}/host-masks.sh.$$ <<'IRQLAB_END'`,
    `${SCRIPT}IRQLAB_END`,
    // Whole or not at all: the guard of another run may be reading it.
    `mv ${DIR}/host-masks.sh.$$ ${DIR}/host-masks.sh`,
  ].join('\n')
}

/** Who holds the lock, for whoever is refused. */
function who(): string {
  return `${userInfo().username}@${hostname()}/${process.pid}`.replaceAll(/[^\w.@/-]/g, '_')
}

function refused(destination: string, said: string): Trouble {
  const held = /^masks held (.*)$/m.exec(said)?.[1]
  return held === undefined
    ? new Trouble('host.lock', `${destination} cannot be taken: ${said.trim()}`, { lasting: true })
    : new Trouble('host.lock', `Another irqlab is at work on ${destination}: ${held}`, {
        lasting: true,
        hint: `wait for its end; one that died gives the machine free within ${PATIENCE_S} s`,
      })
}

/** Whatever became of the run before: what it changed is written back before anything else is done. */
async function restoreLeftovers(
  commands: GuestCommands,
  kept: KeptMasks,
  note: (words: string) => void,
): Promise<void> {
  const left = await commands.run(`${RUN_SCRIPT} leftovers`)
  const byGuard = parseRestoring(left, 'guard')
  const said = restoringWords(byGuard)
  if (said !== undefined) note(`the run before did not end well, and the guard there has restored: ${said}`)
  const copy = kept.read()
  const isThere = parseJournal(left) !== undefined
  if (!isThere && copy !== undefined && byGuard.fates.length === 0 && !byGuard.rebooted) {
    // Nobody there knows of it any more: then we tell.
    await commands.check(`cat >${DIR}/masks <<'IRQLAB_END'\n${copy}IRQLAB_END`)
  } else if (!isThere) {
    kept.forget()
    await commands.run(`${RUN_SCRIPT} untrace`)
    return
  }
  note('the run before did not end well: restoring what it has left')
  await commands.run(`${RUN_SCRIPT} untrace`)
  await restore(commands, kept, note)
}

/** Throws `Trouble` when a mask is not as it was. */
async function restore(
  commands: GuestCommands,
  kept: KeptMasks,
  note: (words: string) => void,
): Promise<void> {
  const restoring = parseRestoring(await commands.run(`cd /; ${RUN_SCRIPT} restore`))
  const words = restoringWords(restoring)
  if (restoring.fates.some(({ fate }) => fate === 'refused')) throw new Trouble('host.masks', words ?? '')
  kept.forget()
  if (words !== undefined) note(words)
}

async function startGuard(commands: GuestCommands, limits: Limits): Promise<void> {
  const patienceS = Math.round(PATIENCE_S * Math.max(1, limits.scale))
  await commands.check(
    [
      beat(),
      // Not in our session, where the machine can do that: what ends a session may end all that is in it.
      's=; setsid true 2>/dev/null && s=setsid',
      `$s ${RUN_SCRIPT} guard $$ ${patienceS} </dev/null >/dev/null 2>&1 &`,
    ].join('\n'),
  )
  await poll(
    limits.deadline('guest.command', 'The guard of the masks'),
    async () => /,/.test(await commands.run(`readlink ${DIR}/lock`)) || undefined,
    { everyMs: 50 },
  )
}

async function keepBeating(commands: GuestCommands, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(BEAT_EVERY_MS)
    // A way that is lost is told by the run itself.
    if (!signal.aborted) await commands.run(beat()).catch(() => undefined)
  }
}

function beat(): string {
  return `read -r up rest </proc/uptime; echo "\${up%%.*}" >${DIR}/beat`
}
