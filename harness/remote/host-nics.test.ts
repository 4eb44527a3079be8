import t from 'tap'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import { chooseNic, type HostNic, hostNics } from './host-nics.ts'

const INTERRUPTS = `            CPU0       CPU1
 24:          0          0   PCI-MSI 49152-edge      virtio0-config
 25:          3          0   PCI-MSI 49153-edge      virtio0-input.0
 26:          0          1   PCI-MSI 49154-edge      virtio0-output.0
 27:          3          0   PCI-MSI 49155-edge      virtio0-input.1
 28:          0          1   PCI-MSI 49156-edge      virtio0-output.1
 30:          5          0   PCI-MSI 59153-edge      eth0
 31:          5          0   PCI-MSI 59154-edge      eth0-TxRx-0
 32:          5          0   PCI-MSI 59155-edge      eth0-TxRx-1
 33:          5          0   PCI-MSI 59155-edge      one-rx-0
ERR:          0
MIS:          0
`
const OUTPUT = `nic eth0 igb
msi eth0 30 PCI-MSI
msi eth0 31 PCI-MSI
msi eth0 32 PCI-MSI
msi eth0 39 PCI-MSI
nic ens3 virtio_net
msi ens3 24 PCI-MSI
msi ens3 25 PCI-MSI
msi ens3 26 IR-PCI-MSI-X
msi ens3 27 PCI-MSI
msi ens3 28 PCI-MSI
nic one virtio_net
msi one 33 PCI-MSI
nic usb0 cdc_ether
address lo 127.0.0.1 -
address eth0 10.0.0.5 10.0.0.255
address ens3 192.168.7.9 -
address ens3 192.168.8.9 192.168.8.255
`
const nics = (reached?: string) => hostNics(OUTPUT, parseInterrupts(INTERRUPTS), reached)
const named = (name: string, of: readonly HostNic[]) => of.find((nic) => nic.name === name)

await t.test('NICs with an irq for each of several rx queues, and nothing else', (t) => {
  const found = nics('10.0.0.5')
  t.match(found, [
    { name: 'eth0', driver: 'igb', carriesUs: true, address: '10.0.0.5', broadcast: '10.0.0.255' },
    { name: 'ens3', driver: 'virtio_net', carriesUs: false, address: '192.168.7.9', broadcast: undefined },
  ])
  t.equal(found.length, 2)
  t.match(named('ens3', found)?.rxQueues, [
    {
      name: 'rx.0',
      irq: { number: 25, action: 'virtio0-input.0', chip: 'PCI-MSI' },
      stimulus: { queueIndex: 0 },
    },
    { name: 'rx.1', irq: { number: 27 }, stimulus: { queueIndex: 1 } },
  ])
  t.end()
})

await t.test('the NIC is named, or it is the only one that does not carry us', (t) => {
  t.equal(chooseNic(nics('10.0.0.5'), undefined, 'h', true).name, 'ens3')
  t.equal(chooseNic(nics('10.0.0.5'), 'eth0', 'h', true).name, 'eth0', 'said explicitly')
  const refused = (of: readonly HostNic[], asked: string | undefined, isKnown: boolean, message: RegExp) =>
    t.throws(() => chooseNic(of, asked, 'h', isKnown), { name: 'UsageError', message })
  const both =
    /there are eth0 \(igb, 2 rx queues, 10\.0\.0\.5\), ens3 \(virtio_net, 2 rx queues, 192\.168\.7\.9\)$/
  refused(
    nics('172.16.0.1'),
    undefined,
    true,
    /has several NICs that could be asked; give --host-nic; there are/,
  )
  refused(nics(), undefined, false, both)
  refused(nics(), undefined, false, /which NIC of h carries our own ssh cannot be told/)
  refused(nics('10.0.0.5'), 'one', true, /^--host-nic one: h has no such NIC .*carries our ssh/)
  refused(
    nics('10.0.0.5').slice(0, 1),
    undefined,
    true,
    /the only such NIC of h carries our own ssh; --host-nic eth0/,
  )
  refused([], undefined, true, /^h has no NIC with several rx queues that have an irq each$/)
  const bare = nics().map((nic) => ({ ...nic, address: undefined }))
  refused(bare, 'ens3', true, /has no IPv4 address/)
  t.end()
})
