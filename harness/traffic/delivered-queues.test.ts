import t from 'tap'
import { deliveredQueues } from './delivered-queues.ts'

const line = (device: string, queue: number, length: number) =>
  `          <idle>-0       [000] ..s1.     3.211122: napi_gro_receive_entry: dev=${device} napi_id=0x2005 queue_mapping=${queue} skbaddr=00000000b0b98274 vlan_tagged=0 vlan_proto=0x0000 vlan_tci=0x0000 protocol=0x0800 ip_summed=3 hash=0x00000000 l4_hash=0 len=${length} data_len=0 truesize=896 mac_header_valid=1 mac_header=-14 nr_frags=0 gso_size=0 gso_type=0x0 net_cookie=7`

await t.test('each datagram is known by its length, its queue counts from 0', async (t) => {
  const text = [line('test0', 4, 64), line('test0', 1, 65), line('mgmt', 1, 66)].join('\n')
  t.same(
    [...deliveredQueues(text, 'test0')],
    [
      [64, 3],
      [65, 0],
    ],
  )
})

await t.test('what is no such line says nothing', async (t) => {
  t.equal(deliveredQueues('', 'test0').size, 0)
  t.equal(deliveredQueues(line('test0', 1, 64).replace(/ len=64/, ''), 'test0').size, 0)
  t.equal(deliveredQueues(line('test00', 1, 64), 'test0').size, 0)
})
