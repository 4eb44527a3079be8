/** What did sending down unknown flows bring, and which queues did it never reach? */
import { Trouble } from '../base/errors.ts'
import type { RxQueue } from '../guest/irq-with-stimulus.ts'
import type { ProbeResult } from './prober.ts'

/** What sending down unknown flows brought. */
export interface Discovery {
  readonly results: readonly ProbeResult[]
  /** Queues that never fired while datagrams that QEMU took were lost; undefined when every queue fired. */
  readonly unheard: Unheard | undefined
  /** A queue that fired before and did not hear the last datagram: then the others were not asked as often as they should. */
  readonly deaf?: RxQueue
}

/** Which of the queues the lost datagrams were for is the tap's secret. */
export interface Unheard {
  readonly queues: readonly RxQueue[]
  /** Datagrams that QEMU took from the tap and the guest never received. */
  readonly lost: number
}

/** No flow reached these queues. */
export function neverReached(queues: readonly RxQueue[]): Trouble {
  const names = queues.map(({ name }) => name).join(', ')
  return new Trouble('traffic.flow-map', `No flow reached ${names}: no interrupt came there`, {
    hint: 'of a guest: does the tap have as many queues as the NIC, and does the guest use them all? With --host: do datagrams get there, and are they dealt out by ports too (`ethtool -n IF rx-flow-hash udp4`)?',
  })
}
