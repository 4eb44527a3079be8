import { readdirSync } from 'node:fs'
import t from 'tap'
import { z } from 'zod'
import { exchange } from '../host/exchange.ts'
import { DEVICE_NAMES } from '../guest/device-names.ts'
import { machineNames } from '../guest/machine.ts'
import { NEEDS } from '../scenario/needs.ts'
import { BIN, irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())

const topics = readdirSync(new URL('../../scenarios/', import.meta.url)).filter((name) => !name.includes('.'))
const filesIn = (topic: string) =>
  readdirSync(new URL(`../../scenarios/${topic}/`, import.meta.url)).map((name) => name.replace(/\.ts$/, ''))
const files = topics.flatMap(filesIn)

await t.test(
  'list --json has every scenario: name, topic, question, machine, devices, needs, the kernels of a regression, and nothing else',
  async (t) => {
    const shape = z.strictObject({
      schema: z.literal('irqlab.list/2'),
      scenarios: z.array(
        z.strictObject({
          name: z.string(),
          topic: z.enum(topics),
          question: z.string().endsWith('?'),
          machine: z.string(),
          devices: z.array(z.enum(DEVICE_NAMES)),
          needs: z.array(z.enum(NEEDS)),
          changes: z.enum(['affinity masks', 'anything']),
          asksHosts: z.boolean(),
          bracket: z.strictObject({ violated: z.string(), held: z.string() }).optional(),
        }),
      ),
    })
    const { status, stdout, stderr } = await irqlab(place, ['list', '--json'])
    t.equal(status, 0)
    t.equal(stderr, '')
    const { scenarios } = shape.parse(JSON.parse(stdout))
    for (const topic of topics) {
      t.same(
        scenarios.filter((scenario) => scenario.topic === topic).map(({ name }) => name),
        filesIn(topic).sort(),
        `a scenario is named as its file, and stands in the folder of its topic: ${topic}`,
      )
    }
    t.equal(scenarios.length, files.length)
    t.same(
      scenarios.filter(({ bracket }) => bracket !== undefined).map(({ name }) => name),
      filesIn('regressions').sort(),
      'a regression has two kernels, and no other scenario has',
    )
    t.match(
      scenarios.find(({ name }) => name === 'immediate-move'),
      { machine: 'remapped' },
    )
    t.match(
      scenarios.find(({ name }) => name === 'edge-line'),
      { machine: 'plain', devices: ['ttyS1'] },
    )
  },
)

await t.test('list is for a person: names and questions', async (t) => {
  const { status, stdout } = await irqlab(place, ['list'])
  t.equal(status, 0)
  t.notMatch(stdout, '\u001B', 'no colour into a pipe')
  for (const name of files) t.match(stdout, new RegExp(`^  ${name} +[A-Z].*\\?$`, 'm'))
})

await t.test(
  'list --machines: names, what each is, what it needs; as JSON with all of its fields',
  async (t) => {
    const shape = z.strictObject({
      schema: z.literal('irqlab.machines/1'),
      machines: z.array(
        z.strictObject({
          name: z.string(),
          words: z.string().endsWith('.'),
          needs: z.array(z.string().min(3)),
          machine: z.looseObject({ name: z.string(), cpus: z.int() }),
        }),
      ),
    })
    const { status, stdout, stderr } = await irqlab(place, ['list', '--machines', '--json'])
    t.match({ status, stderr }, { status: 0, stderr: '' })
    const { machines } = shape.parse(JSON.parse(stdout))
    t.same(
      machines.map(({ name }) => name),
      machineNames(),
    )
    t.same(
      machines.map(({ machine }) => machine.name),
      machineNames(),
    )
    const plain = await irqlab(place, ['list', '--machines'])
    t.equal(plain.status, 0)
    for (const { name, words, needs } of machines) {
      const asks = needs.length === 0 ? [] : [`  needs ${needs.join('; ')}`]
      t.ok(plain.stdout.includes([name, `  ${words}`, ...asks, ''].join('\n')), name)
    }
    t.ok(
      plain.stdout.split('\n').every((line) => line.length <= 110),
      'no line is longer than a page is wide',
    )
  },
)

await t.test('a reader that stops to read, or a full disk, is no crash', async (t) => {
  const script = '"$@" | true; echo "${PIPESTATUS[0]}"; "$@" >/dev/full; echo $?'
  const argv = ['bash', '-c', script, 'bash', process.execPath, BIN, 'list'] as const
  const { stdout, stderr } = await exchange(argv, { stage: 'test', limitMs: 20_000 })
  t.equal(stdout, '0\n2\n')
  t.match(stderr, /^irqlab: ENOSPC: [^\n]+\n$/)
})

await t.test('doctor says what is there and changes nothing', async (t) => {
  const { status, stdout } = await irqlab(place, ['doctor', '--json'])
  const shape = z.strictObject({
    schema: z.literal('irqlab.doctor/1'),
    ready: z.boolean(),
    findings: z.array(
      z.strictObject({
        what: z.string(),
        state: z.enum(['ok', 'note', 'bad']),
        words: z.string().min(3),
        remedy: z.string().optional(),
      }),
    ),
  })
  const { ready, findings } = shape.parse(JSON.parse(stdout))
  t.equal(status, ready ? 0 : 2)
  t.same(
    findings.map(({ what }) => what),
    ['host', 'packages', 'QEMU', 'KVM', 'namespaces', 'taps', 'cache', 'Debian mirror'],
  )
  t.same(place.left(), [], 'no cache was made')
})
