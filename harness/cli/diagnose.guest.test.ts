/** Does the collecting script run in a real guest with nothing but busybox, and are its states named right? */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { captureScript } from '../capture/capture-script.ts'
import { readArchive } from '../capture/archive.ts'
import { captureOf } from '../diagnose/capture.ts'
import { diagnose, type Diagnosis } from '../diagnose/diagnose.ts'
import { lastOf } from '../diagnose/evidence.ts'
import { observe } from '../diagnose/observe.ts'
import { irqlab, makePlace, type Place } from './irqlab-fixture.ts'
import { said, start } from './leftovers-fixture.ts'

interface Guest {
  readonly look: () => Promise<Diagnosis>
  /** Runs a command there. */
  readonly act: (command: string) => Promise<void>
}

/** A guest with a shell, as `irqlab run --keep` leaves it. */
async function keptGuest(t: Test, place: Place): Promise<Guest> {
  const running = await start(place, ['run', 'cancelled-request', '--keep', '--results', place.results])
  t.teardown(async () => {
    process.kill(running.child.pid, 'SIGINT')
    await running.child.exited
    place.remove()
  })
  await said(running, /^ {2}irqlab shell \S+$/m)
  const run = /^ {2}irqlab shell (\S+)$/m.exec(running.stdout() + running.stderr())?.[1] ?? ''
  const shell = async (command: string, input: string) => {
    const answer = await irqlab(place, ['shell', run, command], { input, limitMs: 90_000 })
    t.equal(answer.status, 0, answer.stderr)
    return answer.stdout
  }
  return {
    act: async (command) => void (await shell(command, '')),
    look: async () => {
      // Text through and through: not packed it survives the way of a string.
      const path = join(place.dir, 'guest.tar')
      writeFileSync(path, await shell('sh -s -- -o - -u -i 2', captureScript()))
      const { files, defects } = await readArchive(path)
      const seen = observe(captureOf(files, defects))
      t.same(seen.defects, [], 'a whole capture, its checksums right')
      return diagnose(seen)
    },
  }
}

const maskOf = ({ irqs }: Diagnosis, irq: number) => {
  const found = irqs.find(({ number }) => number === irq)
  return `${found?.action}: asked for ${found && lastOf(found.requested)?.toList()}, is on ${found && lastOf(found.effective)?.toList()}`
}
const namesOf = ({ findings }: Diagnosis, irq: number) =>
  findings.filter((finding) => finding.irq === irq).map(({ name }) => name)

await t.test(
  'pending and quiet, and affinity broken by a CPU that went, in a guest with busybox alone',
  async (t) => {
    const place = makePlace()
    const guest = await keptGuest(t, place)
    const before = await guest.look()
    t.match(before.seen.releaseText, /^6\.1\./)
    t.match(before.findings.at(-1), { name: 'no-remapping' })
    t.equal(lastOf(before.seen.cpus.online)?.toList(), '0-3')
    t.ok((before.seen.elapsedSeconds ?? 0) >= 2)

    const queue = before.irqs.find(
      ({ action, number }) => /-output\.[1-3]$/.test(action) && namesOf(before, number).length === 0,
    )
    const quiet = queue ?? before.irqs.find(({ action }) => /-output\.[1-3]$/.test(action))
    const from = quiet === undefined ? undefined : lastOf(quiet.effective)?.only()
    if (quiet === undefined || from === undefined) throw new Error('no tx queue in this guest')
    const to = (from + 1) % 4
    await guest.act(`echo ${to} >/proc/irq/${quiet.number}/smp_affinity_list`)
    const waiting = await guest.look()
    t.same(namesOf(waiting, quiet.number), ['pending-and-quiet'])
    t.match(
      waiting.findings.find(({ irq }) => irq === quiet.number)?.sentence,
      `CPU ${to} requested, effective is still CPU ${from}`,
    )
    t.match(waiting.irqs.find(({ number }) => number === quiet.number)?.device, {
      ids: '1af4:1000',
      driver: 'virtio-pci',
    })

    // The serial line: its driver writes no masks of its own, and whoever writes to it makes it fire.
    const pinned = waiting.irqs.find(({ action }) => action === 'ttyS0')
    if (pinned === undefined) throw new Error('nobody has the serial line open in this guest')
    const cpu = 3
    await guest.act(
      `echo ${cpu} >/proc/irq/${pinned.number}/smp_affinity_list; for n in 1 2 3; do echo >/dev/ttyS0; sleep 0.2; done; read -r on </proc/irq/${pinned.number}/effective_affinity_list; [ "$on" = ${cpu} ] && echo 0 >/sys/devices/system/cpu/cpu${cpu}/online`,
    )
    const gone = await guest.look()
    t.ok(
      namesOf(gone, pinned.number).includes('affinity-broken'),
      `irq ${pinned.number} was pinned to CPU ${cpu}; ${maskOf(gone, pinned.number)}`,
    )
    t.match(
      gone.seen.wentOffline.map((one) => one.cpu),
      [cpu],
      'the log tells',
    )

    await guest.act(`echo 1 >/sys/devices/system/cpu/cpu${cpu}/online`)
    const back = await guest.look()
    t.ok(namesOf(back, pinned.number).includes('affinity-broken'), 'it does not come back with the CPU')
    t.equal(lastOf(back.seen.cpus.online)?.toList(), '0-3')
  },
)
