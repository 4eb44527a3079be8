/** A machine on which much is off at once, for the tests of its page. */
import { type Diagnosis, diagnose } from '../../diagnose/diagnose.ts'
import { doctoredCapture } from '../../diagnose/doctored-capture-fixture.ts'
import { observe } from '../../diagnose/observe.ts'

/** A name that would be a script, if it were not text. */
export const NASTY = '<img src=x onerror=alert(1)>'

/** CPU 3 is offline, CPU 2 set apart, irqbalance runs; irqs 24 to 31 are each in another state. */
export function muchIsOff(): Diagnosis {
  return diagnose(
    observe(
      doctoredCapture({
        isolated: '2',
        online: '0-2',
        words: ['isolcpus=2'],
        balancers: ['irqbalance'],
        settings: ['etc/default/irqbalance:IRQBALANCE_ONESHOT=1'],
        vectors: ['      0   195     1     1    5  32-49', '      1     1     1     1    5  32-49'],
        log: ['smpboot: CPU 3 is now offline', `irq 24: nobody cared ${NASTY}`],
        irqs: {
          24: { requested: '2', effective: '0', fired: { 0: 1_234_567 } },
          25: { requested: '1', effective: ['0', '1'], fired: { 1: 1 } },
          26: { effective: '2', fired: { 2: 77 } },
          27: { requested: '0-1,3', effective: '0', fired: { 0: 3, 1: 44 } },
          28: { action: 'nvme0q1', requested: '2', effective: '2' },
          29: { action: '' },
          30: { action: NASTY, requested: ['0', '1'], effective: '0' },
        },
      }),
    ),
  )
}
