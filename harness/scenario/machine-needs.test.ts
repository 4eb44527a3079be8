import t from 'tap'
import { NotApplicable } from '../base/errors.ts'
import { machineOf } from '../guest/machine.ts'
import { demandOfMachine } from './machine-needs.ts'
import { type Need, NEEDS } from './needs.ts'

/** The needs that the machine can never meet. */
function never(machine: Parameters<typeof machineOf>[0], isChanged = false): readonly Need[] {
  return NEEDS.filter((need) => {
    try {
      demandOfMachine([need], machineOf(machine), isChanged)
      return false
    } catch (error) {
      if (!(error instanceof NotApplicable)) throw error
      return true
    }
  })
}

await t.test('what a machine has decides before anything is booted', async (t) => {
  const rare: readonly Need[] = [
    'more than 32 CPUs',
    'two NUMA nodes',
    'isolated CPUs',
    'places for more CPUs',
    'one irq for all queues',
  ]
  t.same(never('plain'), ['interrupt remapping', ...rare])
  t.same(never('remapped'), ['no interrupt remapping', ...rare])
  t.same(
    never({
      name: 'all-of-it',
      cpus: 34,
      spareCpus: 2,
      nodes: 2,
      isolatedCpus: '3',
      nic: { vectors: 2, queuePairs: 1 },
    }),
    ['several rx queues', 'interrupt remapping'],
  )
})

await t.test('a command line of the user may give what the machine has not', async (t) => {
  t.same(never('plain', true), [])
  t.same(never({ name: 'own', append: 'numa=fake=2' }), [])
})

await t.test('the sentence names need, machine and reason', async (t) => {
  t.throws(
    () => demandOfMachine(['two NUMA nodes'], machineOf('plain'), false),
    new NotApplicable('two NUMA nodes', 'needs two NUMA nodes: the machine plain cannot: it has one'),
  )
})
