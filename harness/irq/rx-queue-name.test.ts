import t from 'tap'
import { rxQueueIndex } from './rx-queue-name.ts'

await t.test('drivers name their rx queues in many ways', (t) => {
  const names: readonly (readonly [string, number | undefined])[] = [
    ['virtio1-input.3', 3],
    ['eth0-TxRx-7', 7],
    ['i40e-ens1f0-TxRx-12', 12],
    ['iavf-eth1-TxRx-0', 0],
    ['ena-Tx-Rx-2', 2],
    ['eth0-Tx-Rx-2', 2],
    ['eth2-rxtx-1', 1],
    ['eth0-txrx-1', 1],
    ['eth0-rx-0', 0],
    ['mlx5_comp4@pci:0000:01:00.0', 4],
    ['mana_q6@pci:7870:00:00.0', 6],
    ['enp5s0-q1', 1],
    ['virtio1-output.3', undefined],
    ['virtio1-config', undefined],
    ['eth0-tx-0', undefined],
    ['eth0', undefined],
    ['mlx5_async0@pci:0000:01:00.0', undefined],
    ['nvme0q1', undefined],
    ['eth0-TxRx-', undefined],
    ['', undefined],
  ]
  for (const [name, index] of names) t.equal(rxQueueIndex(name), index, name)
  t.end()
})
