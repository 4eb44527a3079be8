import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkHostUse, hostWay } from './host-use.ts'
import type { RunOptions } from './run-options.ts'

const asked = (options: Partial<RunOptions>) => () =>
  checkHostUse(options as RunOptions, Object.keys(options))
const refusal = (message: RegExp) => ({ name: 'UsageError', message })

await t.test('nothing is changed without leave, and leave is asked in words', (t) => {
  t.throws(
    asked({ host: 'ssh://h' }),
    refusal(/^--host ssh:\/\/h: a run changes that machine: the affinity masks/),
  )
  t.throws(
    asked({ host: 'ssh://h' }),
    refusal(/kprobes .*\/run\/irqlab .*kernel log .*datagrams .*Give --i-may-change-this-host if you may$/),
  )
  t.doesNotThrow(asked({ host: 'ssh://h', iMayChangeThisHost: true, seed: 1, repeat: 2, json: true }))
  t.doesNotThrow(asked({ kernel: ['debian:6.1'], keep: true }))
  t.end()
})

await t.test('what has no meaning beside --host, or without it, is named with it', (t) => {
  const host = 'ssh://h'
  const others: readonly (readonly [Partial<RunOptions>, string])[] = [
    [{ kernel: ['x'] }, '--kernel'],
    [{ machine: ['plain'] }, '--machine'],
    [{ qemuArg: ['-s'] }, '--qemu-arg'],
    [{ append: 'x' }, '--append'],
    [{ accel: 'tcg' }, '--accel'],
    [{ keep: true }, '--keep'],
    [{ jobs: 2 }, '--jobs'],
    [{ resume: 'x' }, '--resume'],
    [{ soak: 5 }, '--soak'],
  ]
  for (const [options, named] of others)
    t.throws(
      asked({ host, iMayChangeThisHost: true, ...options }),
      refusal(new RegExp(`^--host ssh://h and ${named} cannot be given together`)),
    )
  t.throws(asked({ hostNic: 'eth0' }), refusal(/^--host-nic says something of --host only/))
  t.throws(asked({ iMayChangeThisHost: true }), refusal(/^--i-may-change-this-host says something/))
  t.end()
})

await t.test('an address and the keys to it', (t) => {
  const key = join(t.testdir(), 'key')
  writeFileSync(key, '')
  t.same(hostWay('ssh://ann@h:2222', [key]), { destination: 'ann@h', port: 2222, keys: [key] })
  t.same(hostWay('ssh://h', []), { destination: 'h', port: undefined, keys: [] })
  for (const bad of ['ann@h', 'ssh://', 'ssh://-oProxyCommand=x', '/tmp', 'http://h'])
    t.throws(() => hostWay(bad, []), { name: 'UsageError' }, bad)
  t.throws(() => hostWay('ssh://h', [`${key}s`]), refusal(/^--host-key .*: there is no such file$/))
  t.end()
})
