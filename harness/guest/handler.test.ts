import t from 'tap'
import { Limits } from '../base/limits.ts'
import type { TestDevice } from './devices.ts'
import { Handler } from './handler.ts'

const ttyS1: TestDevice = {
  name: 'ttyS1',
  node: '/dev/ttyS1',
  irq: { number: 3, action: 'ttyS1', chip: 'IO-APIC' },
  stimulus: { kind: 'byte' },
}

/** A guest whose irq 3 shows these actions, one after the other, and what it was told to do. */
function guestWith(...actions: readonly string[]) {
  const told: string[] = []
  const left = [...actions]
  return {
    told,
    run: async (script: string) => {
      if (!script.includes('/actions')) {
        told.push(script)
        return ''
      }
      return `actions=${left.length > 1 ? left.shift() : left[0]}\n`
    },
  }
}

await t.test('closed is when the irq has no handler any more', async (t) => {
  const guest = guestWith('ttyS1', 'ttyS1', '')
  await new Handler(guest, ttyS1, new Limits(1)).close()
  t.match(guest.told, [/^echo 'irqlab close irq=3' .*\n.*\/dev\/ttyS1.*kill/s, /^echo 'irqlab closed irq=3'/])
})

await t.test('open is when it has one again', async (t) => {
  const guest = guestWith('', 'ttyS1')
  await new Handler(guest, ttyS1, new Limits(1)).open()
  t.match(guest.told, [/^echo 'irqlab open irq=3' .*\nnode=\/dev\/ttyS1;/s, /^echo 'irqlab opened irq=3'/])
})

await t.test('one that never ends is trouble', async (t) => {
  await t.rejects(new Handler(guestWith('ttyS1'), ttyS1, new Limits(0.005)).close(), {
    name: 'Trouble',
    message: /The end of the handler of ttyS1/,
  })
})

await t.test('an irq that cannot be read is trouble', async (t) => {
  const deaf = { run: () => Promise.resolve('') }
  await t.rejects(new Handler(deaf, ttyS1, new Limits(1)).open(), {
    name: 'Trouble',
    message: /irq 3 cannot be read/,
  })
})

await t.test('only ttyS1 gives its irq back', async (t) => {
  t.throws(() => new Handler(guestWith(), { ...ttyS1, name: 'ahci' }, new Limits(1)), RangeError)
})
