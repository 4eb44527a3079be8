/** Are the devices of a guest found, waited for and kept open, and is one that is not there told from one that is late? */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { NotApplicable } from '../base/errors.ts'
import { Limits } from '../base/limits.ts'
import { Scope } from '../base/scope.ts'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import { run } from '../host/shell.ts'
import type { DeviceName } from './device-names.ts'
import { DEVICE_NAMES } from './device-names.ts'
import { demandDrivers, devicesCommand, parseDevices, setUpDevices } from './devices.ts'
import { fakeGuest } from './shell-fixture.ts'

const TABLE = parseInterrupts(
  [
    '           CPU0       CPU1',
    '  3:          5          1   IO-APIC   3-edge      ttyS1',
    '  4:          5          1   IO-APIC   4-edge      ttyS0',
    ' 22:          1          2   IO-APIC  22-fasteoi   virtio3',
    ' 36:          7         12  PCI-MSI-0000:00:1f.2   0-edge      ahci[0000:00:1f.2]',
    ' 37:          0          0  PCI-MSIX-0000:00:04.0   0-edge      virtio2-config',
    ' 38:          0          0  PCI-MSIX-0000:00:04.0   4-edge      virtio2-input',
    ' 39:          0          0  PCI-MSIX-0000:00:04.0   1-edge      virtio2-input',
    ' 40:          0          0  PCI-MSIX-0000:00:04.0   5-edge      virtio2-output',
    ' 41:          0          0  PCI-MSIX-0000:00:05.0   0-edge      virtio4-config',
    ' 42:          3          0  PCI-MSIX-0000:00:05.0   1-edge      virtio4-req.0',
    ' 43:          0          3  PCI-MSIX-0000:00:05.0   2-edge      virtio4-req.1',
    ' 44:          9          0  PCI-MSIX-0000:00:06.0   0-edge      nvme0q0',
    ' 45:          0          0  PCI-MSIX-0000:00:06.0   1-edge      nvme0q1',
    'LOC:        100        200   Local timer interrupts',
    '',
  ].join('\n'),
)
const SERIAL = [
  'device virtio-serial /dev/vport2p1',
  'candidate virtio-serial 37 0 edge PCI-MSIX-0000:00:04.0',
  'candidate virtio-serial 38 4 edge PCI-MSIX-0000:00:04.0',
  'candidate virtio-serial 39 1 edge PCI-MSIX-0000:00:04.0',
  'candidate virtio-serial 40 5 edge PCI-MSIX-0000:00:04.0',
]
const FOUND = [
  ...SERIAL,
  'device ttyS1 /dev/ttyS1',
  'candidate ttyS1 3 3 edge IO-APIC',
  'device ahci /dev/sda',
  'candidate ahci 36 0 edge PCI-MSI-0000:00:1f.2',
  'device intx /dev/vport3p1',
  'candidate intx 22 22 fasteoi IO-APIC',
  '',
]

const parse = (devices: readonly DeviceName[], lines: readonly string[]) =>
  parseDevices(devices, lines.join('\n'), TABLE)

await t.test('each device is found with its irq, its node and what fires it', async (t) => {
  t.same(parse(['virtio-serial', 'ttyS1', 'ahci', 'intx'], FOUND), [
    {
      name: 'virtio-serial',
      node: '/dev/vport2p1',
      // Port 0 has an input of the same name, at an earlier place of the table, whatever its number.
      irq: { number: 38, action: 'virtio2-input', chip: 'PCI-MSIX-0000:00:04.0' },
      stimulus: { kind: 'byte' },
    },
    {
      name: 'ttyS1',
      node: '/dev/ttyS1',
      irq: { number: 3, action: 'ttyS1', chip: 'IO-APIC' },
      stimulus: { kind: 'byte' },
    },
    {
      name: 'ahci',
      node: '/dev/sda',
      irq: { number: 36, action: 'ahci[0000:00:1f.2]', chip: 'PCI-MSI-0000:00:1f.2' },
      stimulus: { kind: 'read' },
    },
    {
      name: 'intx',
      node: '/dev/vport3p1',
      irq: { number: 22, action: 'virtio3', chip: 'IO-APIC' },
      stimulus: { kind: 'byte' },
      flow: 'fasteoi',
    },
  ])
  t.same(parse([], FOUND), [])
})

await t.test('a managed irq is one that user space may not move', async (t) => {
  const found = [
    'device virtio-blk /dev/vda',
    ...['41 0', '42 1', '43 2'].map((irq) => `candidate virtio-blk ${irq} edge PCI-MSIX-0000:00:05.0`),
    'device nvme /dev/nvme0n1',
    ...['44 0', '45 1'].map((irq) => `candidate nvme ${irq} edge PCI-MSIX-0000:00:06.0`),
    '',
  ]
  t.match(parse(['virtio-blk', 'nvme'], found), [
    { node: '/dev/vda', irq: { number: 43 }, stimulus: { kind: 'read' }, unmovable: true },
    { node: '/dev/nvme0n1', irq: { number: 45 }, stimulus: { kind: 'read' }, unmovable: true },
  ])
})

await t.test('what two sources do not agree on is no device', async (t) => {
  const refused = { name: 'Trouble', stage: 'guest.device', message: /^No irq of / }
  t.throws(() => parse(['ttyS1'], SERIAL), refused)
  t.throws(() => parse(['ttyS1'], ['device ttyS1 /dev/ttyS1', 'candidate ttyS1 4 4 edge IO-APIC']), refused)
  t.throws(() => parse(['ttyS1'], ['device ttyS1 /dev/ttyS1', 'candidate ttyS1 99 3 edge IO-APIC']), refused)
  t.throws(() => parse(['virtio-serial'], SERIAL.slice(1)), refused, 'irqs without a node')
})

await t.test('the shell text is shell text', async (t) => {
  await run(['sh', '-n'], { stage: 'test', limitMs: 5000, input: devicesCommand(DEVICE_NAMES) })
  t.equal(devicesCommand([]), '')
})

await t.test('what a kernel was built without is known before it boots', async (t) => {
  const config = (...options: string[]) => new Map(options.map((option) => [option, 'm']))
  t.doesNotThrow(() => demandDrivers(['ahci'], config('CONFIG_SATA_AHCI', 'CONFIG_BLK_DEV_SD')))
  t.throws(
    () => demandDrivers(['ahci'], config('CONFIG_SATA_AHCI')),
    new NotApplicable(
      'an AHCI disk',
      'needs an AHCI disk: this kernel has no driver for it (CONFIG_SATA_AHCI and CONFIG_BLK_DEV_SD)',
    ),
  )
  t.doesNotThrow(() => demandDrivers(['ttyS1'], config()), 'a number of ports only the guest can tell')
  t.doesNotThrow(() => demandDrivers([], config()))
})

await t.test('a kernel without the driver is no trouble: the question has no meaning there', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const { commands } = await fakeGuest(scope, t.testdir({}))
  // No host that runs this has a virtio-serial port of ours.
  const error = { name: /^(NotApplicable|Trouble)$/ }
  await t.rejects(setUpDevices(commands, ['virtio-serial'], new Limits(0.01)), error)
  await t.resolves(setUpDevices(commands, [], new Limits(1)), 'a machine without devices asks nothing')
})

await t.test('the modules of each device are in the recipe of the guest', async (t) => {
  const recipe: unknown = JSON.parse(
    readFileSync(new URL('../../images/micro/recipe.json', import.meta.url), 'utf8'),
  )
  const names = Object.keys(Object(Object(recipe).deviceModules))
  t.ok(names.length > 0)
  for (const name of names)
    t.ok(
      DEVICE_NAMES.some((device) => device === name),
      name,
    )
})
