/** For our own tests: a datagram that no probe sent reaches the held queue. */
import { createSocket } from 'node:dgram'
import { scenario } from '../../index.ts'

/** Ports that no flow of ours has; among so many each queue is hit. */
const STRAY_PORTS = Array.from({ length: 40 }, (_, at) => 50_000 + at)

export default scenario({
  name: 'stray-packet',
  question: 'Is a stray packet during a hold noticed?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, hold, traffic, check, random }) {
    const [queue, ...others] = nic.rxQueues
    if (queue === undefined) return
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    const held = hold([move], { seconds: 1, whileMoving: others })
    await Promise.all(STRAY_PORTS.map(sendStray))
    await held
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})

function sendStray(port: number): Promise<void> {
  const socket = createSocket('udp4')
  return new Promise((resolve, reject) => {
    socket.bind(port, '10.112.0.1', () => {
      socket.setBroadcast(true)
      socket.send('stray', 9, '10.112.0.255', (error) => {
        socket.close()
        if (error === null) resolve()
        else reject(error)
      })
    })
  })
}
