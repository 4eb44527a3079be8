/** Is each frame sent only when the one before has left the guest, and is one that never leaves told as it was? */
import t from 'tap'
import { Limits } from '../base/limits.ts'
import type { TxQueue } from '../guest/irq-with-stimulus.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Reading } from '../irq/reading.ts'
import { FrameProber } from './frame-prober.ts'

const QUEUE: TxQueue = {
  name: 'output.2',
  irq: { number: 33, action: 'virtio1-output.2', chip: 'PCI-MSI' },
  stimulus: { kind: 'frame', queueIndex: 2 },
}

/** A guest whose frames leave it, but for those from number `lostFrom` on. */
function proberOf(lostFrom = Infinity) {
  const log: string[] = []
  let commands = 0
  const reading: Reading = {
    irq: QUEUE.irq,
    bootId: 'b007',
    onlineCpus: CpuMask.of(0, 1),
    counts: [1, 0],
    readBack: CpuMask.of(0),
    effective: CpuMask.of(0),
    state: undefined,
  }
  const prober = new FrameProber(QUEUE, {
    guest: {
      check: (script) => {
        commands++
        log.push(script)
        return Promise.resolve('')
      },
    },
    reader: { read: () => Promise.resolve([reading]) },
    marks: {
      announce: (irqs, first) => {
        log.push(`mark ${irqs.join()} first ${first}`)
        return Promise.resolve(7)
      },
    },
    limits: new Limits(0.001),
    sent: () => Promise.resolve(Math.min(commands, lostFrom - 1)),
  })
  return { prober, log }
}

await t.test('each frame is sent from a CPU of its queue, and told apart', async (t) => {
  const { prober, log } = proberOf()
  t.match(await prober.probe(2), {
    mark: 7,
    sent: [{ id: '1' }, { id: '2' }],
    taken: 2,
    received: ['1', '2'],
    after: { irq: { number: 33 } },
  })
  t.equal(log[0], 'mark 33 first 1')
  t.match(log[1], /tx-2\/xps_cpus && \( taskset \$m arping .*-c 1 .*-I test0/)
  t.match(await prober.probe(1), { sent: [{ id: '3' }] }, 'no number twice')
})

await t.test('a frame that never leaves the guest is the last', async (t) => {
  const { prober } = proberOf(2)
  t.match(await prober.probe(5), { sent: [{ id: '1' }, { id: '2' }], taken: 2, received: ['1'] })
})
