/** Is a disk read for as long as the acts take, and is what never came told as it was? */
import t from 'tap'
import { Limits } from '../base/limits.ts'
import type { TestDevice } from '../guest/devices.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Reading } from '../irq/reading.ts'
import { underReads } from './read-load.ts'

const DISK: TestDevice = {
  name: 'ahci',
  node: '/dev/sda',
  irq: { number: 41, action: 'ahci[0000:00:1f.2]', chip: 'PCI-MSI' },
  stimulus: { kind: 'read' },
}
const AFTER: Reading = {
  irq: DISK.irq,
  bootId: 'b007',
  onlineCpus: CpuMask.of(0, 1),
  counts: [96, 0],
  readBack: CpuMask.of(0),
  effective: CpuMask.of(0),
  state: undefined,
}

function guestWith(begun: string, received: string, { endsAfter = 1 } = {}) {
  const log: string[] = []
  let polls = 0
  return {
    log,
    guest: {
      run: (script: string) => {
        log.push(script.startsWith('rm ') ? 'stop' : 'ask')
        const ended = !script.startsWith('rm ') && ++polls >= endsAfter ? 'ended\n' : ''
        return Promise.resolve(`${ended}begun ${begun}\nreceived ${received}\n`)
      },
    },
    reader: { command: (irq: number) => `reading ${irq}`, parse: () => [AFTER] },
    marks: {
      announce: (irqs: readonly number[], first: string, also = '') => {
        log.push(`mark ${irqs.join()} first ${first}${also.includes('if=/dev/sda') ? ', reading' : ''}`)
        return Promise.resolve(7)
      },
    },
    limits: new Limits(0.01),
  }
}

await t.test('it reads until the acts are over, and waits for the last read', async (t) => {
  const guest = guestWith('012', '012', { endsAfter: 3 })
  const { batch, given } = await underReads(DISK, guest, () => {
    guest.log.push('act')
    return Promise.resolve('done')
  })
  t.equal(given, 'done')
  t.same(guest.log, ['mark 41 first 0, reading', 'act', 'stop', 'ask', 'ask', 'ask'])
  t.match(batch, {
    mark: 7,
    sent: [{ id: '0' }, { id: '1' }, { id: '2' }],
    taken: 3,
    received: ['0', '1', '2'],
  })
})

await t.test('a read that never ends is one that was not received', async (t) => {
  const { batch } = await underReads(DISK, guestWith('012', '01', { endsAfter: Infinity }), () =>
    Promise.resolve(),
  )
  t.match(batch, { sent: { length: 3 }, received: { length: 2 } })
})

await t.test('the reading is stopped whatever the acts come to', async (t) => {
  const guest = guestWith('0', '0')
  await t.rejects(
    underReads(DISK, guest, () => Promise.reject(new Error('the act failed'))),
    { message: 'the act failed' },
  )
  t.same(guest.log.at(-1), 'stop')
  await t.rejects(
    underReads(DISK, guestWith('', ''), () => Promise.resolve()),
    { name: 'Trouble', stage: 'traffic.delivery' },
  )
  const port = { ...DISK, stimulus: { kind: 'byte' } } as const
  await t.rejects(
    underReads(port, guest, () => Promise.resolve()),
    { name: 'RangeError' },
  )
})
