/** What makes the config vector of the NIC fire: its link goes down or up, one change at a time. */
import { TEST_INTERFACE } from '../guest/addresses.ts'
import type { GuestCommands } from '../guest/commands.ts'
import { receiptFile } from '../guest/devices.ts'
import { TEST_NIC } from '../guest/qemu-args.ts'
import type { Qmp } from '../host/qmp.ts'
import type { Firing } from './device-prober.ts'

/** The guest gives up on a change after so many looks, a hundredth of a second apart or more. */
const LOOKS = 300

/**
 * Every change is one interrupt: it tells of the device's status, and the driver reads that (drivers/net/virtio_net.c:
 * virtnet_config_changed_work). The guest notes a change when its carrier has followed.
 */
export function byLink(guest: Pick<GuestCommands, 'check'>, qmp: Pick<Qmp, 'execute'>): Firing {
  let isUp = true
  return {
    fire: async (id) => {
      isUp = !isUp
      await qmp.execute('set_link', { name: TEST_NIC, up: isUp })
      const carrier = `/sys/class/net/${TEST_INTERFACE}/carrier`
      const look = `n=0; while [ $n -lt ${LOOKS} ]; do read -r c <${carrier}; [ "$c" != ${Number(isUp)} ] || break; n=$((n+1)); usleep 10000; done`
      await guest.check(
        `( ( ${look}; [ $n = ${LOOKS} ] || printf ${id} >>${receiptFile('config')} ) </dev/null >/dev/null 2>&1 & )`,
      )
    },
    taken: (sent) => Promise.resolve(sent),
  }
}
