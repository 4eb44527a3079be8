/**
 * Flows into the guest: one UDP socket each, sending broadcast datagrams to a port where nobody listens. Nothing
 * answers a broadcast (no ICMP, so no tx interrupt), and no ARP is needed to send it.
 */
import { createSocket, type Socket } from 'node:dgram'
import { Trouble, messageOf } from '../base/errors.ts'
import type { Scope } from '../base/scope.ts'

/** Discard (RFC 863): the guest has no such service. */
const UNUSED_PORT = 9
const FIRST_SOURCE_PORT = 40_000
const IP_AND_UDP_HEADERS = 28
const SHORTEST_PAYLOAD = 36
/** Lengths repeat after this many; all fit into one frame. */
const LENGTHS = 1400

/** One source port: the tap steers all its datagrams to the same queue. */
export interface Flow {
  readonly sourcePort: number
  readonly socket: Socket
}

/** All flows of one run: no source port twice, and no length twice within 1400 datagrams. */
export class Flows {
  readonly #scope: Scope
  readonly #from: string
  readonly #to: string
  #opened = 0
  #sent = 0

  /** Sends from address `from` to the broadcast address `to`. */
  constructor(scope: Scope, from: string, to: string) {
    this.#scope = scope
    this.#from = from
    this.#to = to
  }

  /** Datagrams sent so far. */
  get sent(): number {
    return this.#sent
  }

  /** Opens a flow that was not used before. Throws `Trouble` when the address is not ours. */
  async open(): Promise<Flow> {
    const sourcePort = FIRST_SOURCE_PORT + this.#opened++
    const socket = createSocket('udp4')
    this.#scope.onEnd(`the socket of port ${sourcePort}`, () => {
      socket.close()
    })

    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) =>
        reject(
          new Trouble('traffic.socket', `Cannot send from ${this.#from}:${sourcePort}: ${messageOf(error)}`),
        ),
      )
      socket.bind(sourcePort, this.#from, resolve)
    })
    socket.setBroadcast(true)
    return { sourcePort, socket }
  }

  /** The IP length that the next datagram will have: its identity in the guest's trace. */
  get nextLength(): number {
    return IP_AND_UDP_HEADERS + SHORTEST_PAYLOAD + (this.#sent % LENGTHS)
  }

  /** Sends one datagram and gives its IP length. Throws `Trouble`. */
  async send(flow: Flow): Promise<number> {
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
