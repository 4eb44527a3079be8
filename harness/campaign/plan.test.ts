import t from 'tap'
import { machineOf } from '../guest/machine.ts'
import { scenario } from '../scenario/scenario.ts'
import { planRuns, SEEDS } from './plan.ts'

const planned = (name: string, machine: string) => ({
  file: `/${name}.ts`,
  scenario: scenario({ name, question: 'Why?', machine, needs: [], run: async () => undefined }),
})
const scenarios = [planned('a', 'plain'), planned('b', 'remapped')]
const names = (runs: ReturnType<typeof planRuns<string>>) =>
  runs.map((run) => `${run.scenario.name} ${run.kernel} ${run.machine.name} ${run.repeat} ${run.seed}`)

await t.test('each scenario on its own machine; repeats come last', async (t) => {
  const plan = planRuns({ scenarios, kernels: ['6.1', '6.12'], machines: [], repeat: 2, seed: 7 })
  t.same(names(plan), [
    'a 6.1 plain 1 7',
    'b 6.1 remapped 1 7',
    'a 6.12 plain 1 7',
    'b 6.12 remapped 1 7',
    'a 6.1 plain 2 8',
    'b 6.1 remapped 2 8',
    'a 6.12 plain 2 8',
    'b 6.12 remapped 2 8',
  ])
  t.equal(plan[0]?.file, '/a.ts')
})

await t.test('a scenario may be asked of some of the kernels only', async (t) => {
  const kernelsFor = ({ name }: { readonly name: string }) => (name === 'a' ? ['6.1', '6.12'] : ['6.12'])
  const plan = planRuns({ scenarios, kernels: ['6.1', '6.12'], kernelsFor, machines: [], repeat: 1, seed: 7 })
  t.same(names(plan), ['a 6.1 plain 1 7', 'a 6.12 plain 1 7', 'b 6.12 remapped 1 7'])
})

await t.test('named machines replace those that scenarios declare', async (t) => {
  const machines = [machineOf('plain'), machineOf('remapped')]
  t.same(names(planRuns({ scenarios, kernels: ['6.1'], machines, repeat: 1, seed: 0 })), [
    'a 6.1 plain 1 0',
    'a 6.1 remapped 1 0',
    'b 6.1 plain 1 0',
    'b 6.1 remapped 1 0',
  ])
})

await t.test('the devices that a scenario asks for stay, whatever machine it runs on', async (t) => {
  const { file } = planned('c', 'plain')
  const asking = scenario({
    name: 'c',
    question: 'Why?',
    machine: { devices: ['ttyS1'] },
    needs: [],
    run: async () => undefined,
  })
  const machinesOf = (machines: readonly string[]) =>
    planRuns({
      scenarios: [{ scenario: asking, file }],
      kernels: ['6.1'],
      machines: machines.map((name) => machineOf(name)),
      repeat: 1,
      seed: 0,
    }).map(({ machine: { name, devices, remapping } }) => ({ name, devices, remapping }))
  t.same(machinesOf([]), [{ name: 'plain', devices: ['ttyS1'], remapping: 'none' }])
  t.same(machinesOf(['remapped']), [{ name: 'remapped', devices: ['ttyS1'], remapping: 'intel' }])
})

await t.test('nothing asked for is an empty plan', async (t) => {
  t.same(planRuns({ scenarios: [], kernels: ['6.1'], machines: [], repeat: 3, seed: 1 }), [])
})

await t.test('every seed of a plan can be given to --seed again', async (t) => {
  const plan = planRuns({ scenarios, kernels: ['6.1'], machines: [], repeat: 3, seed: SEEDS - 1 })
  t.same([...new Set(plan.map(({ seed }) => seed))], [SEEDS - 1, 0, 1])
})
