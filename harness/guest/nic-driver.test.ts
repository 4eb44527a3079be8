import t from 'tap'
import { guestThatSays } from './guest-that-says-fixture.ts'
import { NicDriver } from './nic-driver.ts'
import type { NicIrqs } from './nic.ts'

const DONE = 'acted status=0\n'
const MANAGEMENT = { number: 25, action: 'virtio0-input.0', chip: 'PCI-MSI' }

/** What the guest shows of a NIC with irqs from this number on: config, rx and tx of each queue. */
function table(from: number, queues: number): string {
  const names = [
    'config',
    ...Array.from({ length: queues }, (_, at) => [`input.${at}`, `output.${at}`]).flat(),
  ]
  const msi = names.map((_, at) => `msi test0 ${from + at} PCI-MSI`)
  const rows = names.map(
    (name, at) => ` ${from + at}:          0          0   PCI-MSI ${98304 + at}-edge      virtio1-${name}`,
  )
  return [
    'device test0 virtio1',
    ...msi,
    'irqlab-interrupts',
    '           CPU0       CPU1',
    ...rows,
    ' ERR:          0',
    ' MIS:          0',
    '',
  ].join('\n')
}

const nicOf = (from: number): NicIrqs => ({
  all: [{ number: from, action: 'virtio1-input.0', chip: 'PCI-MSI' }],
  rxQueues: [
    {
      name: 'input.0',
      irq: { number: from, action: 'virtio1-input.0', chip: 'PCI-MSI' },
      stimulus: { kind: 'datagram', queueIndex: 0 },
    },
  ],
  txQueues: [],
  config: undefined,
})

function driverOf(answers: readonly (readonly [RegExp, ...string[]])[]) {
  const guest = guestThatSays(answers)
  const log: string[] = []
  const states = {
    forget: (irqs: readonly number[]) => void log.push(`forget ${irqs.join()}`),
    learn: (irqs: readonly number[]) => Promise.resolve(void log.push(`learn ${irqs.join()}`)),
  }
  return { ...guest, log, driver: new NicDriver(guest.commands, states, nicOf(28), [MANAGEMENT]) }
}

await t.test('what it is told to do', async (t) => {
  const { driver, scripts } = driverOf([
    [/zcat/, 'unpacked\n'],
    [/irqlab act/, DONE],
  ])
  await driver.down()
  await driver.up()
  await driver.threaded(true)
  await driver.channels(2)
  t.match(scripts, [
    /what=ifdown.*ifconfig test0 down/s,
    /what=ifup.*ifconfig test0 10\.112\.0\.2 .* up && arp -i test0 -s 10\.112\.0\.1 52:54/s,
    /what=threaded.*echo 1 >\/sys\/class\/net\/test0\/threaded/s,
    /zcat/,
    /what=channels pairs=2.*\/sbin\/ethtool -L test0 combined 2/s,
  ])
})

await t.test('after bind its irqs are others, found and traced anew', async (t) => {
  const { driver, scripts, log } = driverOf([
    [/readlink/, 'virtio1\n'],
    [/irqlab act/, DONE],
    [/cat \/proc\/interrupts/, table(41, 1)],
  ])
  t.equal(driver.irqs.rxQueues[0]?.irq.number, 28)
  await driver.rebind()
  t.same(
    driver.irqs.rxQueues.map(({ name, irq }) => `${name} ${irq.number}`),
    ['input.0 42'],
  )
  t.same(log, ['forget 28', 'learn 42'])
  t.match(scripts[1], /echo virtio1 >\/sys\/bus\/virtio\/drivers\/virtio_net\/unbind/)
  t.match(scripts[2], /what=bind pairs=1.*virtio_net\/bind.*nameif test0 52:54:00:69:71:02.*up/s)
  t.match(
    scripts[4],
    /irq == 41 \|\| irq == 42 \|\| irq == 43 \|\| irq == 25' >events\/irq\/irq_handler_entry\/filter/,
  )
})

await t.test('a NIC that comes back with other queues is trouble', async (t) => {
  const { driver } = driverOf([
    [/readlink/, 'virtio1\n'],
    [/irqlab act/, DONE],
    [/cat \/proc\/interrupts/, table(41, 2)],
  ])
  await t.rejects(driver.rebind(), { message: 'The NIC had 1 rx queues and has 2 after bind' })
})

await t.test('a trace that cannot be told other irqs is trouble', async (t) => {
  const { driver } = driverOf([
    [/readlink/, 'virtio1\n'],
    [/irqlab act/, DONE],
    [/filter/, 'missing filter irqlab/ack\n'],
    [/cat \/proc\/interrupts/, table(41, 1)],
  ])
  await t.rejects(driver.rebind(), { stage: 'guest.evidence', message: /cannot be told other irqs/ })
})
