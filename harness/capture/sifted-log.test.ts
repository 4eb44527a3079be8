/** Are the irqs that irqbalance could not move found in a log, however it comes in parts? */
import t from 'tap'
import { SiftedLog } from './sifted-log.ts'

const LOG = [
  'Nov 23 02:08:47 customer kernel: secret',
  'Nov 23 02:08:48 customer irqbalance[217]: Cannot change IRQ 34 affinity: Operation not permitted',
  'Nov 23 02:08:48 customer /usr/sbin/irqbalance: Cannot change IRQ 35 affinity: Input/output error',
  'Nov 23 02:08:58 customer irqbalance[217]: Cannot change IRQ 34 affinity: Operation not permitted',
  'Nov 23 02:08:58 customer cat[9]: Cannot change IRQ 36 affinity: secret',
  'x'.repeat(5000),
  'irqbalance[217]: Cannot change IRQ 37 affinity: Operation not permitted',
].join('\n')

await t.test('each once, in parts of any length', (t) => {
  for (const length of [1, 7, 64, 100_000]) {
    const log = new SiftedLog()
    for (let at = 0; at < LOG.length; at += length) log.take(Buffer.from(LOG.slice(at, at + length)))
    t.equal(
      log.text().toString(),
      'irqbalance:Cannot change IRQ 34 affinity: Operation not permitted\nirqbalance:Cannot change IRQ 35 affinity: Input/output error\nirqbalance:Cannot change IRQ 37 affinity: Operation not permitted\n',
      `parts of ${length} bytes`,
    )
  }
  t.end()
})

await t.test('no more than a person reads', (t) => {
  const log = new SiftedLog()
  for (let irq = 0; irq < 5000; irq++)
    log.take(Buffer.from(`irqbalance[1]: Cannot change IRQ ${irq} affinity: Operation not permitted\n`))
  t.equal(log.text().toString().split('\n').length, 201)
  t.end()
})
