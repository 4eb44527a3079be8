/** How do datagrams get to the NIC under test, and who else sends there? Over a tap that is ours alone, or over a network. */
import { TEST_INTERFACE } from '../guest/addresses.ts'
import type { GuestCommands } from '../guest/commands.ts'
import { framesTaken } from './tap-counters.ts'

/** What a prober has to know of it. */
export interface Wire {
  /** Name of the NIC in the guest. */
  readonly netInterface: string
  /** Frames that have come through so far: what never did says nothing of the guest. */
  readonly taken: () => Promise<number>
  /** Counters may grow by somebody else's packets: which queue a datagram reached is told by the trace alone. */
  readonly othersSend: boolean
}

/** The tap of a guest of ours: QEMU takes the frames, and nobody else sends any. */
export const OUR_TAP: Wire = {
  netInterface: TEST_INTERFACE,
  taken: () => framesTaken(),
  othersSend: false,
}

/** A network between us and a NIC that is not ours: what it dropped, or the NIC never counted, was not taken. */
export function overNetwork(netInterface: string, guest: Pick<GuestCommands, 'check'>): Wire {
  return {
    netInterface,
    taken: async () => Number(await guest.check(`cat /sys/class/net/${netInterface}/statistics/rx_packets`)),
    othersSend: true,
  }
}
