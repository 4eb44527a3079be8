import t from 'tap'
import type { ScenarioContext } from './context.ts'
import { onlyMasks } from './only-masks.ts'
import { scenario } from './scenario.ts'

const written: string[] = []
const queue = {
  name: 'input.0',
  irq: { number: 24, write: (file: string) => Promise.resolve(written.push(file)) },
}
const whole = {
  nic: {
    rxQueues: [queue],
    txQueues: [queue],
    config: queue,
    halves: () => [[[queue], []]],
    neighboursOf: () => [queue],
  },
  devices: { ttyS1: queue },
  traffic: { probe: () => 'probed', flood: () => 'flooded', discover: () => 'discovered' },
  cpus: { possible: 'all', offline: () => 'offline' },
  driver: { rebind: () => 'rebound' },
  irqbalance: {},
  irqDefault: {},
  napi: {},
  vectors: {},
  handler: () => 'handler',
  sh: () => 'sh',
  hold: () => 'held',
} as unknown as ScenarioContext

await t.test('what changes masks is done', async (t) => {
  const context = onlyMasks(whole, 'toy')
  t.equal(context.cpus.possible, 'all')
  t.equal(await context.traffic.probe([]), 'probed')
  await context.nic.rxQueues[0]?.irq.write('smp_affinity', 'f')
  await context.devices.ttyS1.irq.write('smp_affinity_list', '0')
  t.same(written, ['smp_affinity', 'smp_affinity_list'])
})

await t.test('everything else is refused, and named', (t) => {
  const { nic, traffic, cpus, driver, irqbalance, irqDefault, napi, vectors, ...rest } = onlyMasks(
    whole,
    'toy',
  )
  const [first] = nic.rxQueues
  const acts: readonly (readonly [string, () => unknown])[] = [
    ['cpus.offline', () => cpus.offline(1)],
    ['driver.rebind', () => driver.rebind()],
    ['irqbalance.start', () => irqbalance.start()],
    ['irqDefault.set', () => irqDefault.set({} as never)],
    ['napi.defer', () => napi.defer()],
    ['vectors.fill', () => (vectors as unknown as { fill(): void }).fill()],
    ['traffic.flood', () => traffic.flood({} as never, () => Promise.resolve())],
    ['sh', () => rest.sh('reboot')],
    ['handler', () => rest.handler({} as never)],
    ['timer', () => rest.timer()],
    ['holdUntouched', () => rest.holdUntouched([], { seconds: 1 })],
    ['nic.txQueues', () => nic.txQueues],
    ['nic.config', () => nic.config],
    [`irq.write('default_smp_affinity')`, () => first?.irq.write('default_smp_affinity', 'f')],
  ]
  for (const [act, call] of acts) {
    t.throws(call, {
      stage: 'scenario.changes',
      message: `toy declares that it changes affinity masks alone, and calls ${act}`,
      lasting: true,
    })
  }
  t.end()
})

await t.test('a definition can declare nothing else', (t) => {
  const define = (changes: string) => () =>
    scenario({
      name: 'toy',
      question: 'Is it safe?',
      machine: 'plain',
      needs: [],
      changes: changes as never,
      run: () => Promise.resolve(),
    })
  t.throws(define('little'), { name: 'UsageError', message: /changes/ })
  t.equal(define('affinity masks')().changes, 'affinity masks')
  t.end()
})
