import t from 'tap'
import { CpuMask } from '../irq/cpu-mask.ts'
import { IrqDefault } from './irq-default.ts'

/** A guest that has one file, and refuses the mask of no CPU. */
function guestWith(file: { value: string }) {
  return {
    run: async (script: string) => {
      const hex = /echo ([0-9a-f,]+) >/.exec(script)?.[1] ?? ''
      const was = file.value
      const refused = /^[0,]+$/.test(hex)
      if (!refused) file.value = hex
      return `default was=${was} status=${refused ? 1 : 0}\n`
    },
  }
}

await t.test('what was there before the first write comes back', async (t) => {
  const file = { value: 'f' }
  const startsOn = new IrqDefault(guestWith(file))
  await startsOn.set(CpuMask.of(1, 2))
  await startsOn.set(CpuMask.of(33))
  t.equal(file.value, '2,00000000')
  await startsOn.restore()
  t.equal(file.value, 'f')
  file.value = '3'
  await startsOn.restore()
  t.equal(file.value, '3', 'once')
})

await t.test('a refusal is told', async (t) => {
  await t.rejects(new IrqDefault(guestWith({ value: 'f' })).set(CpuMask.of()), {
    name: 'Trouble',
    stage: 'guest.write',
  })
  await t.rejects(new IrqDefault({ run: () => Promise.resolve('') }).set(CpuMask.of(1)), { name: 'Trouble' })
})
