import t from 'tap'
import { NapiDeferral } from './napi-deferral.ts'

/** A guest that notes what is written, and answers with these words. */
function guest(answer = 'done\n') {
  const log: string[] = []
  return {
    log,
    run: (script: string) => {
      log.push(script)
      return Promise.resolve(answer)
    },
  }
}

await t.test('polling begins and ends with a mark in the trace, and is taken back', async (t) => {
  const shell = guest()
  const napi = new NapiDeferral(shell)
  await napi.defer()
  t.match(
    shell.log[0],
    /irqlab defer .*\n.*echo 400000000 >\S+\/gro_flush_timeout && echo 100 >\S+\/napi_defer_hard_irqs/,
  )
  const began = performance.now()
  await napi.restore()
  t.ok(performance.now() - began > 400, 'the timer that was armed last still runs')
  t.match(
    shell.log[1],
    /irqlab allow .*\n.*echo 0 >\S+\/gro_flush_timeout && echo 0 >\S+\/napi_defer_hard_irqs/,
  )
  await napi.restore()
  t.equal(shell.log.length, 2, 'what was undone is not undone again')
})

await t.test('a kernel that refuses is trouble', async (t) => {
  const napi = new NapiDeferral(guest('sh: write error: Invalid argument\n'))
  await t.rejects(napi.defer(), { name: 'Trouble', stage: 'guest.napi', message: /Invalid argument/ })
})
