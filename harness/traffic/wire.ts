/** How do datagrams get to the NIC under test, and who else sends there? Over a tap that is ours alone, or over a network. */
import { TEST_INTERFACE } from '../guest/addresses.ts'
import { framesTaken } from './tap-counters.ts'

/** What a prober has to know of it. */
export interface Wire {
  /** Name of the NIC in the guest. */
  readonly netInterface: string
  /** Frames that QEMU has taken so far: what it never took says nothing of the guest. Always 0 where there is no QEMU. */
  readonly taken: () => Promise<number>
  /** Counters may grow by somebody else's packets: what became of a datagram is told by the trace alone (heard.ts). */
  readonly othersSend: boolean
}

/** The tap of a guest of ours: QEMU takes the frames, and nobody else sends any. */
export const OUR_TAP: Wire = {
  netInterface: TEST_INTERFACE,
  taken: () => framesTaken(),
  othersSend: false,
}

/** A network between us and a NIC that is not ours: what it drops is lost without a word. */
export function overNetwork(netInterface: string): Wire {
  return { netInterface, taken: () => Promise.resolve(0), othersSend: true }
}
