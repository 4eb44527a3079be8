/** What a shell says of a write that failed: the errno in words, or something that must not be taken for one. */
import t from 'tap'
import { CpuMask } from '../irq/cpu-mask.ts'
import { writeAffinity } from './affinity.ts'
import { DescriptorStates } from './descriptor-states.ts'
import { guestThatSays } from './guest-that-says-fixture.ts'
import { IrqReader } from './irq-reader.ts'

const irq = { number: 28, action: 'virtio1-input.0', chip: 'PCI-MSIX-0000:00:03.0' }
const READING = 'reading irq=28 mark=9.1 effective=1 counts=0,4 shown=1 again=1 state=01404200\n'

/** What is made of one write that ended with this status, in these words. */
async function written(status: number, words: string, form: 'list' | 'hex' = 'list') {
  const { commands } = guestThatSays([
    [/smp_affinity/, `${READING}wrote pid=9 status=${status} error=${words}\n${READING}`],
    [/debug/, 'debugfs'],
  ])
  const states = await DescriptorStates.find(commands)
  const inventory = { bootId: 'b', onlineCpus: CpuMask.fromList('0-1') }
  const reader = new IrqReader(commands, states, inventory, () => undefined)
  const request = { id: 1, irq, mask: CpuMask.fromList('1'), form, expect: 'deferred' } as const
  return (await writeAffinity(commands, reader, states, request)).write
}

await t.test('a write that succeeds has no error', async (t) => {
  t.match(await written(0, ''), { error: undefined, pid: 9, form: 'list' })
})

await t.test("the errno's words are what is left of bash's and of busybox's", async (t) => {
  const bash = '/bin/bash: line 12: echo: write error: No space left on device'
  t.match(await written(1, bash), { error: 'No space left on device' })
  t.match(await written(1, 'sh: write error: Input/output error'), { error: 'Input/output error' })
  t.match(await written(1, ''), { error: 'status 1' }, 'one that says nothing at all')
})

await t.test('dash tells no errno: nobody can say whether the kernel was right', async (t) => {
  for (const [form, value] of [
    ['list', '1'],
    ['hex', '2'],
  ] as const)
    await t.rejects(written(1, 'sh: 12: echo: echo: I/O error', form), {
      name: 'Trouble',
      stage: 'guest.write',
      message: new RegExp(`refused ${value}, .* does not say with which errno .* install bash`),
    })
})
