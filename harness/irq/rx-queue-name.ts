/** Which rx queue does an irq serve, by the name that its driver gave it? For NICs of any make; a role is never guessed. */
import { parseQueueName } from './irq.ts'

/**
 * Names of irqs that serve an rx queue, alone or with the tx queue of the same number: igb, ixgbe, i40e, ice, iavf, bnxt_en,
 * hns3 (`eth0-TxRx-0`, `i40e-eth0-TxRx-0`), ena (`eth0-Tx-Rx-0`), tg3, vmxnet3, nfp (`eth0-rxtx-0`, `eth0-txrx-1`), e1000e, igb,
 * tg3 with split queues (`eth0-rx-0`), mlx5 (`mlx5_comp0@pci:0000:01:00.0`), mana (`mana_q0@pci:...`), be2net (`eth0-q0`).
 */
const NAMES = [
  /(?:^|-)(?:tx-?rx|rx-?tx|rx)-(0|[1-9]\d{0,4})$/i,
  /^mlx5_comp(0|[1-9]\d{0,4})@/,
  /^mana_q(0|[1-9]\d{0,4})@/,
  /-q(0|[1-9]\d{0,4})$/,
]

/** Number of the rx queue, as the driver counts; undefined for a name that does not tell. */
export function rxQueueIndex(action: string): number | undefined {
  const virtio = parseQueueName(action)
  if (virtio !== undefined) return virtio.role === 'rx' ? virtio.index : undefined
  const [, index] = NAMES.map((name) => name.exec(action)).find((match) => match !== null) ?? []
  return index === undefined ? undefined : Number(index)
}
