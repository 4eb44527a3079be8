/** What can be told to the driver of the NIC under test: down, up, another number of channels, threads, unbind and bind. */
import { Trouble } from '../base/errors.ts'
import { testTap } from '../host/tap.ts'
import type { Irq } from '../irq/irq.ts'
import { act } from './acts.ts'
import { TEST_INTERFACE } from './addresses.ts'
import type { GuestCommands } from './commands.ts'
import type { DescriptorStates } from './descriptor-states.ts'

import { nicIrqsCommand, type NicIrqs, parseNicTable } from './nic.ts'
import { unpack } from './on-demand.ts'
import { watchIrqs } from './tracing.ts'

const { guest: END, host: PEER } = testTap(1)

/** As in images/micro/init: with the neighbour written by hand no ARP is ever asked for. Down, the kernel forgets it. */
const UP = [
  `ifconfig ${TEST_INTERFACE} ${END.address} netmask 255.255.255.0 up`,
  `arp -i ${TEST_INTERFACE} -s ${PEER.address} ${PEER.mac}`,
].join(' && ')

/** Where udev runs it gives a new interface a name of its own, and would do so right after we have. */
const AFTER_UDEV = '{ ! command -v udevadm >/dev/null || udevadm settle --timeout=10; } &&'
/** It is a new interface to IPv6, which would greet the network when it comes up. */
const SILENT = `{ [ ! -e /proc/sys/net/ipv6/conf/${TEST_INTERFACE} ] || echo 1 >/proc/sys/net/ipv6/conf/${TEST_INTERFACE}/disable_ipv6; } &&`

const DRIVER = '/sys/bus/virtio/drivers/virtio_net'

/** The driver of the NIC under test in one guest. */
export class NicDriver {
  readonly #guest: GuestCommands
  readonly #states: Pick<DescriptorStates, 'forget' | 'learn'>
  #nic: NicIrqs
  readonly #gone = new Set<number>()
  /** Irqs of other devices that are traced too. */
  readonly #others: readonly Irq[]

  constructor(
    guest: GuestCommands,
    states: Pick<DescriptorStates, 'forget' | 'learn'>,
    nic: NicIrqs,
    others: readonly Irq[],
  ) {
    this.#guest = guest
    this.#states = states
    this.#nic = nic
    this.#others = others
  }

  /** Its irqs as they are now: `rebind` gives it others. */
  get irqs(): NicIrqs {
    return this.#nic
  }

  /** False for an irq that the NIC has given back meanwhile: what has its number now is another. */
  isLiving({ number }: Irq): boolean {
    return !this.#gone.has(number)
  }

  /** Takes the interface down: drivers/net/virtio_net.c:virtnet_close stops NAPI and keeps the irqs. */
  async down(): Promise<void> {
    await act(this.#guest, 'ifdown', `ifconfig ${TEST_INTERFACE} down`)
  }

  async up(): Promise<void> {
    await act(this.#guest, 'ifup', UP)
  }

  /** Uses so many queue pairs, as `ethtool -L` does. The driver writes its hints for these. Throws `Trouble`. */
  async channels(pairs: number): Promise<void> {
    const ethtool = await unpack(this.#guest, 'ethtool')
    await act(this.#guest, 'channels', `${ethtool} -L ${TEST_INTERFACE} combined ${pairs}`, { pairs })
  }

  /** Polls in kernel threads instead of softirqs, or no longer (since 5.12). Throws `Trouble` where the kernel cannot. */
  async threaded(isOn: boolean): Promise<void> {
    const value = isOn ? 1 : 0
    await act(this.#guest, 'threaded', `echo ${value} >/sys/class/net/${TEST_INTERFACE}/threaded`)
  }

  /**
   * Unbinds the driver and binds it again: the irqs go, and others come, which are found and traced from then on. The
   * interface is up as before. Throws `Trouble`.
   */
  async rebind(): Promise<void> {
    const { rxQueues } = this.#nic
    const found = await this.#guest.check(
      `d=$(readlink -f /sys/class/net/${TEST_INTERFACE}/device); echo \${d##*/}`,
    )
    const device = found.trim()
    await act(this.#guest, 'unbind', `echo ${device} >${DRIVER}/unbind`)
    await act(
      this.#guest,
      'bind',
      [
        `echo ${device} >${DRIVER}/bind &&`,
        AFTER_UDEV,
        `nameif ${TEST_INTERFACE} ${END.mac} &&`,
        SILENT,
        UP,
      ].join('\n'),
      { pairs: rxQueues.length },
    )
    await this.findAgain()
  }

  /** The irqs are others: they are found, and traced from now on. Throws `Trouble` when they are fewer or more. */
  async findAgain(): Promise<void> {
    const { rxQueues, all } = this.#nic
    for (const { number } of all) this.#gone.add(number)
    // Their place in memory is no longer that of their numbers.
    this.#states.forget(all.map(({ number }) => number))
    this.#nic = parseNicTable(await this.#guest.check(nicIrqsCommand([TEST_INTERFACE]))).of(TEST_INTERFACE)
    if (this.#nic.rxQueues.length !== rxQueues.length)
      throw new Trouble(
        'guest.nic',
        `The NIC had ${rxQueues.length} rx queues and has ${this.#nic.rxQueues.length} after bind`,
      )
    await watchIrqs(
      this.#guest,
      [...this.#nic.all, ...this.#others].map(({ number }) => number),
    )
    await this.#states.learn(this.#nic.rxQueues.map(({ irq }) => irq.number))
  }
}
