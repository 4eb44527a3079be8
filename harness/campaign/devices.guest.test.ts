/**
 * All devices in one machine, beside each other and beside the NIC: every law holds, in a booted guest and in a restored
 * one, and each probe made exactly one interrupt. A kernel without a driver is a skip that names what it lacks.
 */
import t from 'tap'
import { DEVICE_NAMES } from '../guest/device-names.ts'
import { readEvidence } from '../irq/evidence-json.ts'
import { rehearse, type Rehearsal } from './rehearsal-fixture.ts'

// On TCG the emulator may run code that newer kernels have patched since: that is tried once more.
const request = { scenario: 'every-device', kernel: 'debian:6.12', retries: 1 }

/** Probes sent to a device and interrupts handled, from its first write to the end of the body. */
function firedBy(run: Rehearsal, device: string): { readonly sent: number; readonly handled: number } {
  const { moves, trace } = readEvidence(run.file('evidence.json'), run.file('trace.txt')).run
  const mine = moves.filter(({ queue }) => queue === device)
  const [first] = mine
  const irq = String(first?.irq.number)
  const placeOf = (mark: string) => trace.events.find(({ text }) => text.startsWith(mark))?.index ?? Infinity
  const [from, to] = [placeOf(`irqlab write id=${first?.id} `), placeOf('irqlab body-end')]
  return {
    sent: mine.flatMap(({ batches }) => batches.flatMap(({ sent }) => sent)).length,
    handled: trace.events.filter(
      ({ name, index, fields }) =>
        name === 'irq_handler_entry' && fields['irq'] === irq && index > from && index < to,
    ).length,
  }
}

await t.test('every device at once, booted and restored', async (t) => {
  const first = await rehearse(request)
  first.remove()
  t.equal(first.record.outcome, 'pass', first.record.reason)
  const again = await rehearse(request)
  t.teardown(() => again.remove())
  t.match(again.record, { outcome: 'pass', guest: { start: 'warm' } }, again.record.reason)
  t.equal(again.record.verdicts.length, 5 * 8 + 1 + 9 * (4 + DEVICE_NAMES.length - 1))
  for (const device of DEVICE_NAMES.filter((name) => name !== 'nvme')) {
    const { sent, handled } = firedBy(again, device)
    t.ok(sent >= 5, `${device}: ${sent} probes`)
    t.equal(handled, sent, `${device}: one interrupt for each probe`)
  }
})

await t.test('with remapping each moves at the write', async (t) => {
  const { record, remove } = await rehearse({ ...request, machine: 'remapped' })
  remove()
  t.equal(record.outcome, 'pass', record.reason)
  t.ok(record.verdicts.some(({ law, queue }) => law === 'at-the-write' && queue === 'ttyS1'))
})

await t.test('a kernel without the driver cannot be asked', async (t) => {
  const { record, remove } = await rehearse({ ...request, kernel: 'debian:6.1' })
  remove()
  t.equal(record.outcome, 'skip')
  t.match(record.reason, /needs an AHCI disk: this kernel has no driver for it \(CONFIG_SATA_AHCI/)
})

await t.test(
  'an NVMe disk is fired by reads, and its guest is told to be one that cannot be put aside',
  async (t) => {
    const { record, remove } = await rehearse({ scenario: 'nvme-refuses' })
    remove()
    t.equal(record.outcome, 'pass', record.reason)
    t.equal(record.guest.start, 'cold')
    const laws = new Set(record.verdicts.map(({ law }) => law))
    t.ok(laws.has('understood') && laws.has('unmoved'))
  },
)
