import t from 'tap'
import { machineNames, machineOf, type MachineRequest, vectorsOf, withDevicesOf } from './machine.ts'

await t.test('what is left out takes its default', async (t) => {
  t.same(machineOf({ name: 'mine' }), {
    name: 'mine',
    cpus: 4,
    memoryMib: 512,
    remapping: 'none',
    nic: { queuePairs: 4 },
    devices: [],
    vectorHogs: 0,
    append: '',
  })
  t.match(machineOf({ name: 'mine', cpus: 8, nic: { queuePairs: 2, vectors: 3 } }), {
    cpus: 8,
    nic: { queuePairs: 2, vectors: 3 },
  })
})

await t.test('machines can be named', async (t) => {
  for (const name of machineNames()) t.equal(machineOf(name).name, name)
  t.equal(machineOf('plain').remapping, 'none')
  t.equal(machineOf('remapped').remapping, 'intel')
  t.throws(() => machineOf('plane'), {
    name: 'UsageError',
    message: `unknown machine "plane": known are ${machineNames().join(', ')}`,
  })
})

await t.test(
  'a known topology takes devices, and keeps those of a scenario when it replaces its machine',
  async (t) => {
    const asked = machineOf({ name: 'remapped', devices: ['ttyS1'] })
    t.match(asked, { name: 'remapped', remapping: 'intel', devices: ['ttyS1'] })
    t.same(withDevicesOf(machineOf('plain'), asked), { ...machineOf('plain'), devices: ['ttyS1'] })
    t.same(withDevicesOf(asked, asked), asked, 'each once')
    const hungry = machineOf({ name: 'plain', devices: ['virtio-serial'], vectorHogs: 4 })
    t.match(withDevicesOf(machineOf('remapped'), hungry), { remapping: 'intel', vectorHogs: 4 })
  },
)

await t.test(
  'a vector for each rx and tx queue, one for config and a spare, unless said otherwise',
  async (t) => {
    t.equal(vectorsOf(machineOf('plain')), 10)
    t.equal(vectorsOf(machineOf({ name: 'small', nic: { queuePairs: 1 } })), 4)
    t.equal(vectorsOf(machineOf({ name: 'shared', nic: { queuePairs: 4, vectors: 2 } })), 2)
  },
)

await t.test('a machine that cannot be is refused, with the field and the value', async (t) => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ name: 'My Machine' }, /^machine\.name is "My Machine": .*small letters/],
    [{ cpus: 1 }, /^machine\.cpus is 1: /],
    [{ cpus: 256 }, /^machine\.cpus is 256: /],
    [{ cpus: 2.5 }, /^machine\.cpus is 2\.5: /],
    [{ cpus: '4' }, /^machine\.cpus is "4": /],
    [{ memoryMib: 64 }, /^machine\.memoryMib is 64: /],
    [{ remapping: 'amd' }, /^machine\.remapping is "amd": .*"none".*"intel"/],
    [{ nic: { queuePairs: 0 } }, /^machine\.nic\.queuePairs is 0: /],
    [{ nic: { queuePairs: 5 } }, /^machine\.nic\.queuePairs is 5: more queue pairs than CPUs/],
    [{ nic: { vectors: 1 } }, /^machine\.nic\.vectors is 1: /],
    [{ devices: ['floppy'] }, /^machine\.devices.*"floppy".*"virtio-serial"/],
    [{ devices: ['ahci', 'ahci'] }, /^machine\.devices .*each of its devices once/],
    [{ name: 'plain', cpus: 8 }, /^machine\.name is "plain": with cpus of its own, a machine needs a name/],
    [{ mem: 512 }, /^machine: .*"mem"/],
  ]
  for (const [fields, message] of wrong) {
    // A scenario file is not checked by a compiler before it is run.
    const request: MachineRequest = JSON.parse(JSON.stringify({ name: 'mine', ...fields }))
    t.throws(() => machineOf(request), { name: 'UsageError', message }, message.source)
  }
})
