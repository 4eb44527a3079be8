import t from 'tap'
import { Heard } from './heard.ts'

const line = (length: number, queue: number, dev = 'eth1') =>
  `  <idle>-0  [001] ..s.  12.5: napi_gro_receive_entry: dev=${dev} napi_id=0x1 queue_mapping=${queue} skbaddr=0 vlan_tagged=0 len=${length} data_len=0 `

await t.test('what was sent is awaited until the trace shows it, whatever else comes', async (t) => {
  let trace = line(70, 1, 'eth0')
  const heard = new Heard({ run: () => Promise.resolve(trace) }, 'eth1')
  t.equal(await heard.all(), true, 'nothing was sent')
  heard.expect(70)
  heard.expect(71)
  t.equal(await heard.all(), false, 'another NIC has heard something of that length')
  trace = [line(70, 2), line(1400, 1)].join('\n')
  t.equal(await heard.all(), false)
  trace = line(71, 3)
  t.equal(await heard.all(), true, 'each was heard once')
  t.same([...(await heard.queues())], [[71, 2]])
  heard.expect(72)
  heard.forget()
  t.equal(await heard.all(), true, 'what is lost is not awaited for ever')
})
