/** Does every irq get the probes that fire it, and is a device that answers no more found before it is asked anything? */
import t from 'tap'
import type { TestDevice } from '../guest/devices.ts'
import type { IrqWithStimulus, RxQueue } from '../guest/irq-with-stimulus.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { ProbeBatch } from '../irq/move-evidence.ts'
import type { Reading } from '../irq/reading.ts'
import { Traffic } from './traffic.ts'

const irqOf = (number: number) => ({ number, action: `a${number}`, chip: 'PCI-MSI' })
const QUEUES: readonly RxQueue[] = [0, 1].map((queueIndex) => ({
  name: `input.${queueIndex}`,
  irq: irqOf(28 + queueIndex),
  stimulus: { kind: 'datagram', queueIndex },
}))
const PORT: TestDevice = {
  name: 'virtio-serial',
  node: '/dev/vport2p1',
  irq: irqOf(40),
  stimulus: { kind: 'byte' },
}
const DISK: TestDevice = { name: 'ahci', node: '/dev/sda', irq: irqOf(41), stimulus: { kind: 'read' } }

const reading = ({ irq }: IrqWithStimulus): Reading => ({
  irq,
  bootId: 'b007',
  onlineCpus: CpuMask.of(0, 1),
  counts: [1, 0],
  readBack: CpuMask.of(0),
  effective: CpuMask.of(0),
  state: undefined,
})

/** Traffic whose acts are written down; a deaf device receives nothing. */
function trafficOf(deaf?: TestDevice): { readonly traffic: Traffic; readonly log: string[] } {
  const log: string[] = []
  const batch = (target: IrqWithStimulus, received?: readonly string[]): ProbeBatch => ({
    mark: log.length,
    sent: [{ id: '0' }],
    taken: 1,
    received,
    after: reading(target),
  })
  const queues = {
    probe: (targets: readonly RxQueue[], count: number) => {
      log.push(`${targets.map(({ name }) => name).join('+')} x${count}`)
      return Promise.resolve(targets.map((target) => ({ target, batch: batch(target) })))
    },
    flood: async <T>(target: RxQueue, _: unknown, acts: () => Promise<T>) => {
      log.push(`${target.name} flooded`)
      return { target, batch: batch(target), given: await acts() }
    },
    discover: () => Promise.resolve({ results: [], unheard: undefined }),
    forget: () => undefined,
    learn: (targets: readonly RxQueue[]) => {
      log.push(`learn ${targets.map(({ name }) => name).join('+')}`)
      return Promise.resolve(targets.map(reading))
    },
    recount: () => {
      log.push('recount')
    },
    knows: ({ name }: RxQueue) => name === 'input.0',
  }
  const devices = [PORT, DISK].map((device) => ({
    device,
    flood: async <T>(acts: () => Promise<T>) => {
      log.push(`${device.name} loaded`)
      return { batch: batch(device), given: await acts() }
    },
    probe: (count: number) => {
      log.push(`${device.name} x${count}`)
      return Promise.resolve(batch(device, device === deaf ? [] : ['0']))
    },
  }))
  return { traffic: new Traffic(queues, devices), log }
}

const FLOOD = { perSecond: 1000, framesMin: 1, framesMax: 10 }

await t.test('queues side by side, devices one after the other, whatever order they come in', async (t) => {
  const { traffic, log } = trafficOf()
  const [first, second] = QUEUES
  const results = await traffic.probe([PORT, ...(first ? [first] : []), DISK, ...(second ? [second] : [])], 3)
  t.same(log, ['input.0+input.1 x3', 'virtio-serial x3', 'ahci x3'])
  t.same(
    results.map(({ target }) => target.name),
    ['input.0', 'input.1', 'virtio-serial', 'ahci'],
  )
  log.length = 0
  await traffic.probe([DISK], 1)
  t.same(log, ['ahci x1'], 'no datagram is sent when no queue is asked for')
  log.length = 0
  if (first !== undefined)
    t.match(await traffic.flood(first, FLOOD, () => Promise.resolve('done')), {
      target: first,
      given: 'done',
    })
  t.match(await traffic.flood(DISK, FLOOD, () => Promise.resolve('read')), { target: DISK, given: 'read' })
  t.same(log, ['input.0 flooded', 'ahci loaded'])
  const stranger = { ...PORT, name: 'floppy' }
  await t.rejects(traffic.probe([stranger], 1), { stage: 'traffic.target', message: /fires floppy$/ })
})

await t.test(
  'learning gives a reading of each queue and of each device, after it has answered',
  async (t) => {
    const { traffic, log } = trafficOf()
    t.same(
      (await traffic.learn(QUEUES)).map(({ irq }) => irq.number),
      [28, 29, 40, 41],
    )
    t.same(log, ['learn input.0+input.1', 'virtio-serial x1', 'ahci x1'])
    log.length = 0
    await traffic.startAnew(QUEUES)
    t.same(log, ['recount', 'learn input.1'], 'the flow to the other one is known')
    await traffic.startAnew(QUEUES.slice(0, 1))
    t.same(log.slice(2), ['recount'], 'nothing is sent when all are known')
    await t.rejects(trafficOf(DISK).traffic.learn(QUEUES), {
      name: 'Trouble',
      stage: 'traffic.delivery',
      message: 'ahci does not take what it is sent',
    })
  },
)
