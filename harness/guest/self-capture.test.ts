/** Does the guest take a capture of itself with the acts between the samples, and is it told when it cannot? */
import t from 'tap'
import { Limits } from '../base/limits.ts'
import { captureGuest } from './self-capture.ts'

const limits = new Limits(0.05)

/** A guest whose script gets to `between`, and ends with `status` once its pause was ended. */
function guest({ between, status, pid = '77' }: { between: string; status: string; pid?: string }) {
  const ran: string[] = []
  let isOver = false
  return {
    ran,
    commands: {
      run: async (script: string) => {
        ran.push(script)
        if (script.includes('irqlab-end-of-script'))
          return pid === '' ? 'sh: no memory\n' : `capture pid=${pid}\n`
        if (script.includes('/proc/[0-9]*')) isOver = true
        if (script.startsWith('b=no'))
          return `capture between=${between} status=${isOver || between === 'no' ? status : ''}\n`
        if (script.endsWith('/said')) return 'no space left\n'
        return script.startsWith('cat ') ? 'the archive' : ''
      },
    },
  }
}

await t.test('the acts come after the first sample and before the second', async (t) => {
  const { commands, ran } = guest({ between: 'yes', status: '0' })
  const during = async () => void ran.push('acts')
  t.equal(await captureGuest(commands, limits, { seconds: 0, during }), 'the archive')
  const at = (what: string | RegExp) =>
    ran.findIndex((script) => (typeof what === 'string' ? script === what : what.test(script)))
  t.ok(at(/^b=no/) < at('acts'))
  t.ok(at('acts') < at(/= sleep60 \].* && kill/))
  t.match(ran[at(/= sleep60/)], /\)" = 77 \] && kill/, 'only what the script has started')
  t.match(ran[0], /# irqlab capture: collects what decides/, 'the very script that a customer runs')
})

await t.test('a script that does not start, or fails, is trouble with what it said', async (t) => {
  const run = (state: Parameters<typeof guest>[0]) =>
    captureGuest(guest(state).commands, limits, { seconds: 0 })
  await t.rejects(run({ between: 'no', status: '', pid: '' }), {
    stage: 'guest.capture',
    message: /no memory/,
  })
  await t.rejects(run({ between: 'no', status: '2' }), {
    stage: 'guest.capture',
    message: /ended with 2: no space left/,
  })
  await t.rejects(run({ between: 'yes', status: '1' }), { stage: 'guest.capture', message: /ended with 1/ })
})
