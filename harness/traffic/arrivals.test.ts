/** Are all datagrams awaited, and one to a queue that was deaf for less? */
import t from 'tap'
import { NotedLimits } from '../base/noted-limits-fixture.ts'
import type { RxQueue } from '../guest/irq-with-stimulus.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { Arrivals } from './arrivals.ts'
import { OUR_TAP } from './wire.ts'

function queue(index: number): RxQueue {
  return {
    name: `input.${index}`,
    irq: { number: 28 + 2 * index, action: `virtio1-input.${index}`, chip: 'PCI-MSIX-0000:00:03.0' },
    stimulus: { kind: 'datagram', queueIndex: index },
  }
}

/** A guest that receives the datagrams that were sent, but for those to deaf queues. */
function guest() {
  const deaf = new Set<string>()
  const limits = new NotedLimits()
  const flows = { sent: 0 }
  const came: { readonly length: number; readonly queue: number }[] = []
  const arrivals = new Arrivals({
    guest: {
      check: () => Promise.resolve(`${came.length}\n`),
      run: (script) =>
        Promise.resolve(
          script.includes('napi_gro_receive_entry')
            ? came.map(({ length, queue }) => received(length, queue)).join('')
            : `received ${came.length}\n`,
        ),
    },
    reader: {
      command: (irq) => `reading ${irq}`,
      read: () => Promise.resolve([]),
      parse: (irqs) =>
        irqs.map((irq) => ({
          irq,
          bootId: 'b007',
          onlineCpus: CpuMask.of(0, 1),
          counts: [came.length],
          readBack: CpuMask.of(0),
          effective: CpuMask.of(0),
          state: undefined,
        })),
    },
    flows,
    limits,
    wire: { ...OUR_TAP, taken: () => Promise.resolve(0) },
  })
  const batch = async (...queues: readonly RxQueue[]) => {
    await arrivals.start()
    const sent = queues.map((queue) => {
      const length = 100 + flows.sent++
      arrivals.expect(length)
      if (!deaf.has(queue.name)) came.push({ length, queue: queue.stimulus.queueIndex as number })
      return { queue, sent: [{ id: String(length) }] }
    })
    return (await arrivals.ofBatch(sent)).arrived
  }
  return { batch, deaf, limitsMs: limits.allowedMs }
}

/** As the kernel traces a datagram of that length. */
function received(length: number, queue: number): string {
  return `  <idle>-0  [000] ..s1.  9.310166: napi_gro_receive_entry: dev=test0 napi_id=0x0 queue_mapping=${queue + 1} vlan_tagged=0 len=${length} data_len=0 \n`
}

await t.test('a batch that arrives is awaited for its whole limit, always', async (t) => {
  const { batch, limitsMs } = guest()
  t.equal(await batch(queue(0)), true)
  t.equal(await batch(queue(0), queue(1)), true)
  t.same(limitsMs, [50, 50])
})

await t.test('a queue that was deaf is awaited less, until it hears again', async (t) => {
  const { batch, deaf, limitsMs } = guest()
  deaf.add('input.0')
  t.equal(await batch(queue(0)), false)
  t.equal(await batch(queue(0)), false)
  deaf.clear()
  t.equal(await batch(queue(0)), true)
  t.equal(await batch(queue(0)), true)
  t.same(limitsMs, [50, 10, 10, 50])
})

await t.test(
  'its neighbour is not taken for deaf: that waits in full, and so do both together',
  async (t) => {
    const { batch, deaf, limitsMs } = guest()
    deaf.add('input.0')
    t.equal(await batch(queue(0), queue(1)), false)
    t.equal(await batch(queue(1)), true)
    t.equal(await batch(queue(0), queue(1)), false)
    t.equal(await batch(queue(0)), false)
    t.same(limitsMs, [50, 50, 50, 10])
  },
)
