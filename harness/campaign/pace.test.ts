import t from 'tap'
import { machineOf } from '../guest/machine.ts'
import { paceFactor } from './pace.ts'

const machine = machineOf('plain')
const alone = { accelerator: {}, host: { usableCpus: 2 }, runs: [1, 2, 3, 4] }

t.equal(machine.cpus, 4)
t.equal(paceFactor(alone, machine), 1)
t.equal(paceFactor({ ...alone, jobs: 3 }, machine), 3)
t.equal(paceFactor({ ...alone, jobs: 9 }, machine), 4, 'no more guests than runs')
t.equal(paceFactor({ ...alone, accelerator: { slowness: 2 }, jobs: 3 }, machine), 6)
t.equal(paceFactor(alone, machineOf('few-of-forty')), 1, 'four of forty are started')
t.equal(paceFactor({ ...alone, host: { usableCpus: 64 }, jobs: 3 }, machine), 1)
