import t from 'tap'
import { queuesOf } from './nic-queues.ts'

const irqs = (...actions: readonly string[]) =>
  actions.map((action, at) => ({ number: 24 + at, action, chip: 'PCI-MSI' }))

await t.test('a vector for each queue', async (t) => {
  const all = irqs(
    'virtio1-config',
    'virtio1-input.1',
    'virtio1-output.1',
    'virtio1-input.0',
    'virtio1-output.0',
  )
  const { rxQueues, txQueues, config } = queuesOf(all)
  t.same(
    rxQueues.map(({ name, irq, stimulus }) => [name, irq.number, stimulus.queueIndex]),
    [
      ['input.0', 27, 0],
      ['input.1', 25, 1],
    ],
    'in the order of the queues, not of the irqs',
  )
  t.same(
    txQueues.map(({ name, irq, stimulus }) => [name, irq.number, stimulus]),
    [
      ['output.0', 28, { kind: 'frame', queueIndex: 0 }],
      ['output.1', 26, { kind: 'frame', queueIndex: 1 }],
    ],
  )
  t.match(config, { name: 'config', irq: { number: 24 }, stimulus: { kind: 'link' } })
})

await t.test('one vector that all queues share', async (t) => {
  const { rxQueues, txQueues, config } = queuesOf(irqs('virtio1-config', 'virtio1-virtqueues'))
  t.match(rxQueues, [{ name: 'virtqueues', irq: { number: 25 }, stimulus: { queueIndex: 'any' } }])
  t.same(txQueues, [])
  t.equal(config?.irq.number, 24)
})

await t.test('a device that is none of ours has nothing', async (t) => {
  t.same(queuesOf(irqs('virtio2-input', 'eth0')), { rxQueues: [], txQueues: [], config: undefined })
})
