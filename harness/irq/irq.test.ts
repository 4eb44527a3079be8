/** Are irqs told apart, and is the role of a queue never guessed? */
import t from 'tap'
import { describeIrq, isSameIrq, parseQueueName, type Irq } from './irq.ts'

const irq: Irq = { number: 25, action: 'virtio0-input.0', chip: 'PCI-MSIX-0000:00:03.0' }

await t.test('the number alone does not make it the same irq', async (t) => {
  t.equal(isSameIrq(irq, { ...irq }), true)
  t.equal(isSameIrq(irq, { ...irq, number: 26 }), false)
  t.equal(isSameIrq(irq, { ...irq, action: 'virtio3-input.0' }), false)
  t.equal(isSameIrq(irq, { ...irq, chip: 'IR-PCI-MSIX-0000:00:03.0' }), false)
})

await t.test('describes itself', async (t) => {
  t.equal(describeIrq(irq), 'irq 25 (virtio0-input.0, PCI-MSIX-0000:00:03.0)')
  t.equal(describeIrq({ ...irq, action: '' }), 'irq 25 (no action, PCI-MSIX-0000:00:03.0)')
})

await t.test('reads the queue from the name of its irq', async (t) => {
  t.same(parseQueueName('virtio0-input.3'), { device: 'virtio0', role: 'rx', index: 3, queue: 'input.3' })
  t.same(parseQueueName('virtio12-output.10'), {
    device: 'virtio12',
    role: 'tx',
    index: 10,
    queue: 'output.10',
  })
  t.same(parseQueueName('virtio0-config'), { device: 'virtio0', role: 'config' })
  t.same(parseQueueName('virtio0-virtqueues'), { device: 'virtio0', role: 'shared' })
})

await t.test('never guesses the role of another name', async (t) => {
  const names = [
    '',
    'virtio0',
    'virtio0-',
    'virtio0-input',
    'virtio0-output',
    'virtio0-control-i',
    'virtio0-req.0',
    'virtio0-input.',
    'virtio0-input.x',
    'virtio0-input.03',
    'virtio0-input.-1',
    'virtio0-input.1 ',
    ' virtio0-input.1',
    'virtio-input.1',
    'virtio0-input.0, virtio1-input.0',
    'virtio00-input.0',
    'eth0-input.0',
    'virtio0-configuration',
    'xvirtio0-config',
    'virtio0-input.1\n',
    'virtio4-stats',
    'timer',
  ]
  for (const name of names) t.equal(parseQueueName(name), undefined, JSON.stringify(name))
})
