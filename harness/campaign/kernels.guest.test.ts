/**
 * The first questions of the catalogue on kernels of other series, and in other flavours: what is there after boot, the main experiment, and
 * every pair of CPUs. The laws must hold on all of them, the old vector's cleanup included.
 */
import t from 'tap'
import { rehearse } from './rehearsal-fixture.ts'

const scenario = (name: string) => new URL(`../../scenarios/${name}.ts`, import.meta.url).pathname

/** Of every irq at the end of a run: nine laws of four queues. */
const ALWAYS = 36
const FIRST = [
  { name: 'moving/deferred-move', verdicts: 32 + ALWAYS },
  { name: 'driver/boot-state', verdicts: 14 + ALWAYS },
  { name: 'write-path/every-pair', verdicts: ALWAYS },
]
const ASKED = [
  ...['debian:5.10', 'debian:6.12', 'debian:7.3'].flatMap((kernel) =>
    FIRST.map((question) => ({ ...question, kernel })),
  ),
  { name: 'moving/immediate-move', kernel: 'debian:7.3', verdicts: 64 + ALWAYS },
  // PREEMPT_RT: the handlers run in threads, and the interrupt that moves an irq is as hard as ever.
  { name: 'moving/deferred-move', kernel: 'debian:6.1,flavour=rt-amd64', verdicts: 32 + ALWAYS },
  {
    name: 'moving/immediate-move',
    kernel: 'debian:6.1,flavour=amd64',
    machine: 'remapped-amd',
    verdicts: 64 + ALWAYS,
  },
]

for (const { name, verdicts, ...where } of ASKED) {
  await t.test([name, ...Object.values(where)].join(' on '), async (t) => {
    // On TCG the emulator breaks one boot of some forty: that alone is asked once more.
    const { record, remove } = await rehearse({ scenario: scenario(name), ...where, retries: 1 })
    remove()
    t.equal(record.outcome, 'pass', record.reason)
    t.equal(record.verdicts.length, verdicts)
  })
}
