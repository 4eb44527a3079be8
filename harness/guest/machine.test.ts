import t from 'tap'
import { machineNames, machineOf, type MachineRequest, vectorsOf, withDevicesOf } from './machine.ts'

await t.test('what is left out takes its default', async (t) => {
  t.same(machineOf({ name: 'mine' }), {
    name: 'mine',
    cpus: 4,
    spareCpus: 0,
    sockets: 1,
    threads: 1,
    nodes: 1,
    memoryMib: 512,
    remapping: 'none',
    apic: 'default',
    splitIrqchip: false,
    isolatedCpus: '',
    ticklessCpus: '',
    irqAffinity: '',
    nic: { queuePairs: 4, vhost: false, eventIdx: true },
    devices: [],
    vectorHogs: 0,
    append: '',
  })
  t.equal(machineOf({ name: 'two', cpus: 2 }).nic.queuePairs, 2, 'no more queue pairs than CPUs')
  t.equal(machineOf({ name: 'nine', cpus: 9 }).nic.queuePairs, 4)
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
    message: `unknown machine "plane": known are ${machineNames().join(', ')}; \`irqlab list --machines\` tells them apart`,
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
    [{ remapping: 'arm' }, /^machine\.remapping is "arm": .*"none".*"intel".*"amd"/],
    [{ apic: 'x3' }, /^machine\.apic is "x3": .*"xapic".*"x2apic"/],
    [{ isolatedCpus: 'all' }, /^machine\.isolatedCpus is "all": give CPUs as "2-3,6"$/],
    [{ nodes: 0 }, /^machine\.nodes is 0: /],
    [{ nic: { vhost: 'yes' } }, /^machine\.nic\.vhost is "yes": /],
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

await t.test('what cannot be together is refused, with the field, its value and the remedy', async (t) => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [
      { cpus: 2, nic: { queuePairs: 4 } },
      /^machine\.nic\.queuePairs is 4: more queue pairs .*; give 2 or fewer/,
    ],
    [
      { cpus: 4, startedCpus: 6 },
      /^machine\.startedCpus is 6: the guest has 4; give as many or fewer, or more cpus$/,
    ],
    [
      { cpus: 40, startedCpus: 2, nic: { queuePairs: 4 } },
      /^machine\.nic\.queuePairs is 4: more queue pairs .*; give 2 or fewer/,
    ],
    [
      { cpus: 40, startedCpus: 4, irqAffinity: '4' },
      /^machine\.irqAffinity is "4": none of these CPUs is there .*; name one below 4$/,
    ],
    [
      { cpus: 200, spareCpus: 56 },
      /^machine\.spareCpus is 56: with 200 CPUs that makes 256, .*; give 55 or fewer$/,
    ],
    [
      { cpus: 6, sockets: 4 },
      /^machine\.sockets is 4: 6 CPUs, .* equally among 4 sockets; make .* multiple of 4$/,
    ],
    [{ cpus: 6, sockets: 2, threads: 2 }, /^machine\.threads is 2: .* 4 sockets and threads; /],
    [
      { cpus: 4, spareCpus: 1, nodes: 2 },
      /^machine\.nodes is 2: 5 CPUs, spare ones included, .* 2 NUMA nodes; /,
    ],
    [
      { cpus: 6, nodes: 3, memoryMib: 512 },
      /^machine\.memoryMib is 512: .* 3 NUMA nodes; give a multiple of 3$/,
    ],
    [
      { cpus: 195, sockets: 39 },
      /^machine\.sockets is 39: the last CPU would have APIC ID 308, .*; make the CPUs/,
    ],
    [
      { isolatedCpus: '3-2' },
      /^machine\.isolatedCpus is "3-2": the range 3-2 is reversed; put the lower CPU first$/,
    ],
    [
      { isolatedCpus: '2-4' },
      /^machine\.isolatedCpus is "2-4": this machine ends at CPU 3; leave the others out/,
    ],
    [{ isolatedCpus: '0-1' }, /^machine\.isolatedCpus is "0-1": CPU 0 .*; leave CPU 0 out$/],
    [{ ticklessCpus: '0' }, /^machine\.ticklessCpus is "0": CPU 0 .*; leave CPU 0 out$/],
    [
      { spareCpus: 2, irqAffinity: '4' },
      /^machine\.irqAffinity is "4": none of these CPUs is there .*; name one below 4$/,
    ],
    [
      { apic: 'x2apic', remapping: 'amd' },
      /^machine\.apic is "x2apic": .*amd-iommu.*; take remapping: 'intel'/,
    ],
  ]
  for (const [fields, message] of wrong) {
    t.throws(() => machineOf({ name: 'mine', ...fields }), { name: 'UsageError', message }, message.source)
  }
  for (const good of [
    { isolatedCpus: '1,3', ticklessCpus: '2-3', irqAffinity: '0' },
    { cpus: 4, spareCpus: 2, nodes: 2, irqAffinity: '0-5' },
    { cpus: 255 },
    // Thirteen CPUs take four bits: the last of them has APIC ID 252.
    { cpus: 208, sockets: 16 },
  ])
    t.doesNotThrow(() => machineOf({ name: 'mine', ...good }))
})
