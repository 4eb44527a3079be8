/**
 * What may a scenario do that declares to change affinity masks alone? Such a one can be undone by writing the masks back,
 * so it is asked of machines that are not ours. Every guest holds it to its word, too.
 */
import { Trouble } from '../base/errors.ts'
import type { InputFile } from '../irq/input.ts'
import type { ScenarioContext } from './context.ts'
import type { IrqUnderTest } from './irq-under-test.ts'

/** What a scenario may declare to change, at most. Without a word it may change anything. */
export const CHANGES = ['affinity masks'] as const

/** See `CHANGES`. */
export type Changes = (typeof CHANGES)[number]

const MASK_FILES: ReadonlySet<InputFile> = new Set(['smp_affinity', 'smp_affinity_list'])

/** The same context, in which every act that changes anything else throws `Trouble`. `name`: of the scenario. */
export function onlyMasks(context: ScenarioContext, name: string): ScenarioContext {
  const refuse = (act: string) => (): never => {
    throw new Trouble(
      'scenario.changes',
      `${name} declares that it changes affinity masks alone, and calls ${act}`,
      {
        hint: `take changes: 'affinity masks' out of its definition, or the act out of its body`,
        lasting: true,
      },
    )
  }
  const held = (target: IrqUnderTest): IrqUnderTest => ({
    ...target,
    irq: {
      ...target.irq,
      write: (file, text) =>
        MASK_FILES.has(file) ? target.irq.write(file, text) : refuse(`irq.write('${file}')`)(),
    },
  })
  const { nic, traffic, cpus, devices } = context
  return {
    ...context,
    nic: {
      get rxQueues() {
        return nic.rxQueues.map(held)
      },
      get txQueues() {
        return refuse('nic.txQueues')()
      },
      get config() {
        return refuse('nic.config')()
      },
      halves: () => {
        const [[first, second]] = nic.halves()
        const [here, there] = [first.map(held), second.map(held)]
        return [
          [here, there],
          [there, here],
        ]
      },
      rxQueue: (number) => held(nic.rxQueue(number)),
      neighboursOf: (queue) => nic.neighboursOf(queue).map(held),
    },
    devices: refusingProperties(devices, held),
    holdUntouched: refuse('holdUntouched'),
    traffic: { ...traffic, flood: refuse('traffic.flood') },
    cpus: {
      possible: cpus.possible,
      nodes: cpus.nodes,
      isolated: cpus.isolated,
      offline: refuse('cpus.offline'),
      online: refuse('cpus.online'),
      add: refuse('cpus.add'),
      remove: refuse('cpus.remove'),
    },
    driver: refusing('driver', refuse),
    irqbalance: refusing('irqbalance', refuse),
    napi: refusing('napi', refuse),
    vectors: refusing('vectors', refuse),
    irqDefault: refusing('irqDefault', refuse),
    handler: refuse('handler'),
    timer: refuse('timer'),
    sh: refuse('sh'),
  }
}

/** Whatever is called of it throws. */
function refusing(part: string, refuse: (act: string) => () => never): never {
  return new Proxy({}, { get: (_, act) => refuse(`${part}.${String(act)}`) }) as never
}

/** Each device as it is, but for what may be written to it; asked for only when it is named. */
function refusingProperties(
  devices: ScenarioContext['devices'],
  held: (target: IrqUnderTest) => IrqUnderTest,
): ScenarioContext['devices'] {
  return new Proxy(devices, { get: (all, name) => held(all[name as keyof typeof all]) })
}
