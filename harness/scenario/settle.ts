/**
 * Brings every irq to rest before a scenario asks anything. virtio-net writes its own hints at probe, so every vector
 * starts out pending (drivers/net/virtio_net.c:virtnet_set_affinity): write a known CPU, let it fire twice, wait for the old vector's cleanup, and
 * prove a quiet second. The flows are learnt on the way: each datagram that teaches one is a settling probe. Other devices
 * write no hints; they are brought to a known CPU and a quiet second like the queues.
 */
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { type IrqWithStimulus, isRxQueue } from '../guest/irq-with-stimulus.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Verdict } from '../irq/verdict.ts'
import type { Experiment } from './experiment.ts'
import type { Move } from './move.ts'

const QUIET_MS = 1000
const HITS = 2

/**
 * Settles all irqs under test. A kernel that takes the request and still does not move after two counted interrupts has
 * violated the law of the first interrupt: that verdict is given back, and there is nothing left to ask.
 * Throws `Trouble` when the probes were not counted or the irqs do not come to rest.
 */
export async function settle(
  experiment: Experiment,
  targets: readonly IrqWithStimulus[],
  online: CpuMask,
): Promise<readonly Verdict[]> {
  const moves: Move[] = []
  for (const [at, target] of targets.entries()) {
    const cpu = online.cpus[at % online.size] ?? 0
    moves.push(await experiment.request(target, CpuMask.of(cpu), 'list'))
  }
  await experiment.discover(targets.filter(isRxQueue), HITS)
  const devices = targets.filter((target) => !isRxQueue(target))
  for (let hit = 0; hit < HITS && devices.length > 0; hit++) await experiment.probe(devices, 1)
  const atRest = await experiment.read(targets)
  const stuck = moves.flatMap((move, at) => {
    const reading = atRest[at]
    return reading === undefined || reading.effective.isSubsetOf(move.evidence.write.requested)
      ? []
      : [stuckVerdict(move)]
  })
  if (stuck.length > 0) return stuck

  await pause(QUIET_MS)
  const later = await experiment.read(targets)
  for (const [at, { name }] of targets.entries()) {
    const [first, last] = [atRest[at], later[at]]
    if (first === undefined || last === undefined || first.counts.join() !== last.counts.join()) {
      throw new Trouble('scenario.settle', `${name} is not quiet: its irq fired although nothing was sent`)
    }
    if (last.state?.pending === true) {
      throw new Trouble('scenario.settle', `${name} is not at rest: a request is still pending`)
    }
  }
  return []
}

function stuckVerdict(move: Move): Verdict {
  const { write, irq, queue, before, batches } = move.evidence
  const counted = batches.length
  return {
    law: 'first-on-old',
    queue,
    irq: irq.number,
    move: move.id,
    state: 'violated',
    sentence: `while settling, ${write.requested.toList()} was accepted and ${counted} interrupts were counted, effective is still ${move.latest.effective.toList()}`,
    numbers: { requested: write.requested.toList(), old: before.effective.toList(), probes: counted },
  }
}
