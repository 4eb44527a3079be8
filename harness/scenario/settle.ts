/**
 * Brings every irq to rest before a scenario asks anything. virtio-net writes its own hints at probe, so every vector
 * starts out pending (drivers/net/virtio_net.c:virtnet_set_affinity): write a known CPU, let it fire twice, wait for the old vector's cleanup, and
 * prove a quiet second. The flows are learnt on the way: each datagram that teaches one is a settling probe. Other devices
 * write no hints; they are brought to a known CPU and a quiet second like the queues.
 */
import { assert, Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { type IrqWithStimulus, isRxQueue } from '../guest/irq-with-stimulus.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { unsettled } from '../irq/unsettled.ts'
import type { Verdict } from '../irq/verdict.ts'
import type { Unheard } from '../traffic/unheard.ts'
import type { Experiment } from './experiment.ts'
import type { Move } from './move.ts'

const QUIET_MS = 1000
const HITS = 2

/**
 * Settles all irqs under test. A kernel that takes the request and does not move, stays pending or goes deaf (irq/unsettled.ts) has
 * violated a law by that alone: the verdicts are given back, and there is nothing left to ask.
 * Throws `Trouble` when the probes were not counted or the irqs do not come to rest.
 */
export async function settle(
  experiment: Experiment,
  targets: readonly IrqWithStimulus[],
  online: CpuMask,
): Promise<readonly Verdict[]> {
  const moves: Move[] = []
  const movable = targets.filter(({ unmovable }) => unmovable !== true)
  for (const [at, target] of movable.entries()) {
    const cpu = online.cpus[at % online.size] ?? 0
    moves.push(await experiment.request(target, CpuMask.of(cpu), 'list'))
  }
  const { unheard, deaf } = await experiment.discover(targets.filter(isRxQueue), HITS, 'end')
  // Every datagram more that is lost costs its whole limit, and says the same.
  if (deaf !== undefined) return deafVerdicts(deaf, moves, experiment)
  const devices = targets.filter((target) => !isRxQueue(target))
  for (let hit = 0; hit < HITS && devices.length > 0; hit++) await experiment.probe(devices, 1)
  const atRest = await experiment.read(targets)
  const bad = moves.flatMap((move) => {
    const reading = atRest[targets.indexOf(move.target)]
    const verdict = reading === undefined ? undefined : unsettled(move.evidence, reading)
    return verdict === undefined ? [] : [verdict]
  })
  if (unheard !== undefined) bad.push(unheardVerdict(unheard, moves))
  if (bad.length > 0) return bad

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

/** Of the queue that is known to be deaf; the others were not asked to their end. */
async function deafVerdicts(
  deaf: IrqWithStimulus,
  moves: readonly Move[],
  experiment: Experiment,
): Promise<readonly Verdict[]> {
  const [reading] = await experiment.read([deaf])
  const move = moves.find(({ target }) => target === deaf)
  const verdict = move === undefined || reading === undefined ? undefined : unsettled(move.evidence, reading)
  assert(verdict !== undefined, 'a datagram to this queue was lost')
  return [verdict]
}

/** One verdict for all of them: which of them the lost datagrams were for cannot be told from outside. */
function unheardVerdict({ queues, lost }: Unheard, moves: readonly Move[]): Verdict {
  const [first] = queues
  const move = moves.find(({ target }) => target === first)
  assert(first !== undefined && move !== undefined, 'each queue was written to')
  const names = queues.map(({ name }) => name).join(', ')
  return {
    law: 'delivered',
    queue: first.name,
    irq: first.irq.number,
    move: move.id,
    state: 'violated',
    sentence: `while settling, QEMU took ${lost} probes that were never received, and these queues never fired: ${names}`,
    numbers: { lost, unheard: queues.length },
  }
}
