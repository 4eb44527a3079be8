import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { containedArgv } from './contained.ts'
import { exchange } from './exchange.ts'
import { spawnProcess } from './processes.ts'

/** Processes with this word among their arguments. */
function having(word: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word)
      } catch {
        return false // It ended while we looked.
      }
    })
}

await t.test('a contained program is the user that it was, and its status comes through', async (t) => {
  const contained = (await containedArgv()) as readonly [string, ...string[]]
  const script = 'id -u; readlink /proc/self >/dev/null && exit 7'
  const { status, stdout } = await exchange([...contained, 'sh', '-c', script], {
    stage: 'test',
    limitMs: 5000,
  })
  t.equal(stdout, `${process.getuid?.()}\n`)
  t.equal(status, 7)
})

await t.test('it ends with us at once, with all that it has started, deaf or not', async (t) => {
  const word = `contained-${process.pid}`
  // A grandchild that nobody waits for, and a child that hears no signal.
  const script = `trap '' TERM INT HUP; (sh -c 'sleep 60; :' ${word} &); echo up; while :; do sleep 1; done`
  const parent = `
    const { containedArgv } = await import('${import.meta.dirname}/contained.ts')
    const { spawnProcess } = await import('${import.meta.dirname}/processes.ts')
    const argv = [...await containedArgv(), 'sh', '-c', process.argv[1], '${word}']
    await spawnProcess(argv, { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
    setInterval(() => {}, 1000)`
  const owner = await spawnProcess([process.execPath, '--input-type=module', '-e', parent, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((up) => owner.stdout.once('data', up))
  t.ok(having(word).length >= 3)
  owner.kill('SIGKILL')
  const gone = new Deadline('test', 'end of everything contained', 1000)
  await t.resolves(poll(gone, () => having(word).length === 0 || undefined, { everyMs: 10 }))
})
