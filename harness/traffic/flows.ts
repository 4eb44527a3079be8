/**
 * Flows into the guest: one UDP socket each, sending broadcast datagrams to a port where nobody listens. Nothing
 * answers a broadcast (no ICMP, so no tx interrupt), and no ARP is needed to send it.
 */
import { createSocket, type Socket } from 'node:dgram'
import { Trouble, messageOf } from '../base/errors.ts'
import type { Scope } from '../base/scope.ts'

/** Discard (RFC 863): the guest has no such service. */
const UNUSED_PORT = 9
const IP_AND_UDP_HEADERS = 28
const SHORTEST_PAYLOAD = 36

/** How flows are told apart, and how many datagrams there may be. */
export interface FlowLimits {
  /** The first of the source ports; 0: whichever are free. */
  readonly firstSourcePort: number
  /** Lengths repeat after this many; all fit into one frame. */
  readonly lengths: number
  /** No more datagrams than this are sent. */
  readonly most: number
}

/** In a network of our own. */
const IN_OUR_NETWORK: FlowLimits = { firstSourcePort: 40_000, lengths: 1400, most: Infinity }

/** As many datagrams as one run sends to a machine that is not ours. */
export const DATAGRAMS_MAX = 20_000

/** Where others live: their ports, a tunnel on the way that leaves less room in a frame, and patience that ends. */
export const AMONG_OTHERS: FlowLimits = { firstSourcePort: 0, lengths: 1200, most: DATAGRAMS_MAX }

/** One source port: the tap steers all its datagrams to the same queue. */
export interface Flow {
  readonly sourcePort: number
  readonly socket: Socket
}

/** All flows of one run: no source port twice, and no length twice within so many datagrams as there are lengths. */
export class Flows {
  readonly #scope: Scope
  readonly #from: string
  readonly #to: string
  readonly #limits: FlowLimits
  #opened = 0
  #sent = 0

  /** Sends from address `from` to `to`, a broadcast address where there is one. */
  constructor(scope: Scope, from: string, to: string, limits: FlowLimits = IN_OUR_NETWORK) {
    this.#scope = scope
    this.#from = from
    this.#to = to
    this.#limits = limits
  }

  /** Datagrams sent so far. */
  get sent(): number {
    return this.#sent
  }

  /** Opens a flow that was not used before. Throws `Trouble` when the address is not ours. */
  async open(): Promise<Flow> {
    const { firstSourcePort } = this.#limits
    const asked = firstSourcePort === 0 ? 0 : firstSourcePort + this.#opened++
    const socket = createSocket('udp4')
    this.#scope.onEnd(`the socket of port ${asked}`, () => {
      socket.close()
    })

    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) =>
        reject(new Trouble('traffic.socket', `Cannot send from ${this.#from}:${asked}: ${messageOf(error)}`)),
      )
      socket.bind(asked, this.#from, resolve)
    })
    socket.setBroadcast(true)
    return { sourcePort: socket.address().port, socket }
  }

  /** The IP length that the next datagram will have: its identity in the guest's trace. */
  get nextLength(): number {
    return IP_AND_UDP_HEADERS + SHORTEST_PAYLOAD + (this.#sent % this.#limits.lengths)
  }

  /** Sends one datagram and gives its IP length. Throws `Trouble`. */
  async send(flow: Flow): Promise<number> {
    if (this.#sent >= this.#limits.most)
      throw new Trouble(
        'traffic.socket',
        `No more than ${this.#limits.most} datagrams may be sent to ${this.#to}`,
      )
    const length = this.nextLength
    this.#sent++
    const payload = Buffer.alloc(length - IP_AND_UDP_HEADERS, 'irqlab ')
    await new Promise<void>((resolve, reject) => {
      flow.socket.send(payload, UNUSED_PORT, this.#to, (error) => {
        if (error === null) resolve()
        else reject(new Trouble('traffic.socket', `A probe could not be sent: ${messageOf(error)}`))
      })
    })
    return length
  }
}
