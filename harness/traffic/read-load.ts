/** Reading a disk in the guest as fast as it goes while something else is done: its load, as one batch of evidence. */
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { DISK_SECTORS } from '../guest/device-args.ts'
import { receiptFile, type TestDevice } from '../guest/devices.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'
import type { ProbeBatch } from '../irq/move-evidence.ts'
import type { ProbedGuest } from './device-prober.ts'

/** Sectors read by one process of the guest, each one command to the disk and one interrupt. */
const SECTORS = 32
/** More are never read: the guest's trace has an end. */
const READS_MAX = 300
const LOAD = '/run/irqlab-load'
const IDS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The batch, and what the acts gave. */
export interface UnderReads<T> {
  readonly batch: ProbeBatch
  readonly given: T
}

/**
 * Reads while `acts` are done, past the page cache, one read after the other; each is told by a letter or digit in turn,
 * which is noted when it begins and again when it has succeeded. What `acts` throws is thrown when the reading has ended.
 */
export async function underReads<T>(
  device: IrqWithStimulus & Partial<Pick<TestDevice, 'node'>>,
  { guest, reader, marks, limits }: ProbedGuest,
  acts: () => Promise<T>,
): Promise<UnderReads<T>> {
  const { node } = device
  if (device.stimulus.kind !== 'read' || node === undefined)
    throw new RangeError(`${device.name} cannot be read from`)
  const receipt = receiptFile(device.name)
  const read = `dd if=${node} of=/dev/null bs=512 count=${SECTORS} skip=$((i * ${SECTORS} % ${DISK_SECTORS})) iflag=direct`
  const load = [
    `: >${receipt}; : >${LOAD}; : >${LOAD}-begun; rm -f ${LOAD}-ended`,
    `( ( i=0; while [ -e ${LOAD} ] && [ $i -lt ${READS_MAX} ]; do`,
    `  n=$((i % ${IDS.length})); s=${IDS}; while [ $n -gt 0 ]; do s=\${s#?}; n=$((n - 1)); done; id=\${s%"\${s#?}"}`,
    `  printf $id >>${LOAD}-begun; ${read} || break; printf $id >>${receipt}; i=$((i + 1))`,
    `done; : >${LOAD}-ended ) </dev/null >/dev/null 2>&1 & )`,
  ].join('\n')
  const mark = await marks.announce([device.irq.number], IDS.charAt(0), load)
  let given: T
  try {
    given = await acts()
  } finally {
    await guest.run(`rm -f ${LOAD}`)
  }
  const deadline = limits.deadline('traffic.delivery', `The last read of ${device.name}`)
  const ask = [
    `[ ! -e ${LOAD}-ended ] || echo ended`,
    `b=; read -r b <${LOAD}-begun; echo "begun $b"; r=; read -r r <${receipt}; echo "received $r"`,
    reader.command(device.irq.number),
  ].join('\n')
  for (;;) {
    const output = await guest.run(ask)
    const [after] =
      /^ended$/m.test(output) || deadline.passed ? (reader.parse([device.irq], output) ?? []) : []
    if (after !== undefined) {
      const sent = lettersAfter('begun', output).map((id) => ({ id }))
      if (sent.length === 0) throw new Trouble('traffic.delivery', `no read of ${device.name} began`)
      return {
        given,
        batch: { mark, sent, taken: sent.length, received: lettersAfter('received', output), after },
      }
    }
    await pause(20)
  }
}

function lettersAfter(word: string, output: string): readonly string[] {
  return (new RegExp(`^${word} (\\w*)$`, 'm').exec(output)?.[1] ?? '').split('')
}
