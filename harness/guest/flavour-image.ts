/**
 * An image that is not ours: whatever starts in it, it has an address by DHCP and an SSH server some day. Until then nothing
 * is plugged into its NIC under test, so that nobody there sets it up; then it becomes ours.
 */
import { Trouble } from '../base/errors.ts'
import { managementTap, testTap } from '../host/tap.ts'
import { awaitSystem } from './await-system.ts'
import { settleBalancers } from './balancers.ts'
import type { Flavour } from './flavour.ts'
import { provideTools } from './guest-tools.ts'
import { TEST_INTERFACE } from './addresses.ts'
import { TEST_NIC } from './qemu-args.ts'
import { awaitDiskStages } from './readiness.ts'

const { guest: END, host: PEER } = testTap(1)

/** The adapter. */
export const imageFlavour: Flavour = {
  entrance: 'forwarded',
  awaitBoot: async ({ qemu, limits, onStage, emulated, image: { disk } }) => {
    // A network manager waits for a carrier before it does anything with a NIC.
    await qemu.qmp.execute('set_link', { name: TEST_NIC, up: false })
    // Its own boot loader says what it likes; our first program says how far it is.
    if (disk !== undefined && disk.kernelWords.length > 0)
      await awaitDiskStages(qemu.console, qemu.loss, limits, onStage, emulated)
  },
  loginStage: 'boot.system',
  loginHint: (seen) =>
    /authentication|verification/.test(seen)
      ? 'has the image cloud-init (NoCloud)? else say who may log in: qcow2:PATH,user=NAME,key=FILE'
      : 'does it boot by BIOS, ask for an address by DHCP on a virtio NIC, and have an SSH server at that port (port=N)? serial.log has its console, if it has one on ttyS0',
  awaitRest: () => Promise.resolve(),
  moveIn: async ({ commands, qmp, upload }, { balancers, initramfs }) => {
    const found = await commands.run(FIND_NICS)
    const [, managementInterface] = /^mgmt (\S+)$/m.exec(found) ?? []
    const [, test] = /^test (\S+)$/m.exec(found) ?? []
    if (managementInterface === undefined || test === undefined)
      throw new Trouble('boot.system', `The guest shows no NIC of ours: ${found.trim()}`, {
        hint: 'has its kernel a driver for virtio-net?',
      })
    const late = await awaitSystem(commands)
    const settled = await settleBalancers(commands, balancers)
    const tools = await provideTools(commands, upload, initramfs)
    const said = await commands.run(takeOver(test))
    if (!/^taken$/m.test(said))
      throw new Trouble('boot.system', `The NIC under test cannot be set up in the guest: ${said.trim()}`)
    await qmp.execute('set_link', { name: TEST_NIC, up: true })
    await commands.check(AWAIT_CARRIER)
    return { managementInterface, writers: settled.writers, notes: [...late, ...settled.notes, ...tools] }
  },
}

/** A bridge or a bond has the address of its member: only what has a device is a NIC. */
const FIND_NICS = `for i in /sys/class/net/*; do
m=; [ ! -e $i/device ] || read -r m <$i/address
case $m in ${managementTap.guest.mac}) echo "mgmt \${i##*/}" ;; ${END.mac}) echo "test \${i##*/}" ;; esac
done
[ -e /sys/kernel/tracing/trace ] || mount -t tracefs tracefs /sys/kernel/tracing 2>&1`

/**
 * Takes the NIC from whoever manages NICs there, renames it and gives it its address; only builtins and `ip`, with
 * busybox's way where its `ip` knows no neighbours.
 */
function takeOver(name: string): string {
  const unmanaged = {
    networkd: `[Match]\\nMACAddress=${END.mac}\\n[Link]\\nUnmanaged=yes\\n`,
    manager: `[keyfile]\\nunmanaged-devices=mac:${END.mac}\\n`,
  }
  return `i=${name}
if [ -d /run/systemd/netif ]; then
mkdir -p /run/systemd/network && printf '${unmanaged.networkd}' >/run/systemd/network/00-irqlab.network
networkctl reload >/dev/null 2>&1 || systemctl restart systemd-networkd >/dev/null 2>&1
fi
if [ -d /run/NetworkManager ]; then
mkdir -p /run/NetworkManager/conf.d && printf '${unmanaged.manager}' >/run/NetworkManager/conf.d/00-irqlab.conf
{ nmcli general reload; nmcli device set $i managed no; } >/dev/null 2>&1
fi
for p in /proc/[0-9]*; do
c=; { read -r c <$p/comm; } 2>/dev/null
case $c in dhclient|udhcpc|dhcpcd|dhcpcd5) if tr '\\0' ' ' <$p/cmdline | grep -q " $i "; then kill \${p#/proc/}; fi ;; esac
done
ip link set $i down && ip addr flush dev $i && { [ $i = ${TEST_INTERFACE} ] || ip link set $i name ${TEST_INTERFACE}; } || { echo "ip failed"; false; } &&
{ [ ! -e /proc/sys/net/ipv6/conf/${TEST_INTERFACE} ] || echo 1 >/proc/sys/net/ipv6/conf/${TEST_INTERFACE}/disable_ipv6; } &&
ip link set ${TEST_INTERFACE} multicast off up && ip addr add ${END.address}/24 dev ${TEST_INTERFACE} &&
{ ip neigh replace ${PEER.address} lladdr ${PEER.mac} nud permanent dev ${TEST_INTERFACE} 2>/dev/null || arp -i ${TEST_INTERFACE} -s ${PEER.address} ${PEER.mac}; } &&
echo taken`
}

/** The change of the link is an interrupt of its own: it is over before anything is counted. */
const AWAIT_CARRIER = `n=0; c=0
while [ $n -lt 100 ]; do { read -r c </sys/class/net/${TEST_INTERFACE}/carrier; } 2>/dev/null; [ "$c" != 1 ] || break; n=$((n + 1)); sleep 0.1; done
[ "$c" = 1 ]`
