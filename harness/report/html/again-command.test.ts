import t from 'tap'
import { aRecord } from '../../record/record-fixture.ts'
import { againCommand } from './again-command.ts'

await t.test('the same kernel, machine and seed', async (t) => {
  t.equal(againCommand(aRecord()), 'irqlab run deferred-move --kernel debian:6.1 --machine plain --seed 1')
  t.equal(
    againCommand(aRecord({ machine: { name: 'of-deferred-move' } })),
    'irqlab run deferred-move --kernel debian:6.1 --seed 1',
    'a machine that comes with its scenario',
  )
})

await t.test('options as they were, in quotes where a shell needs them', async (t) => {
  const options = { append: "a=1 b='2'", qemuArgs: ['-S'], timeoutScale: 4, soakSeconds: 60 }
  t.equal(
    againCommand(aRecord({ options })),
    String.raw`irqlab run deferred-move --kernel debian:6.1 --machine plain --seed 1 --append 'a=1 b='\''2'\''' --qemu-arg=-S --timeout-scale 4 --soak 60`,
  )
})
