import { createSocket } from 'node:dgram'
import t from 'tap'
import { Scope } from '../base/scope.ts'
import { AMONG_OTHERS, type Flow, Flows } from './flows.ts'

/** A part of loopback that nobody else uses: it has a broadcast address, too, and answers nothing. */
const FROM = '127.105.114.113'
const TO = '127.255.255.255'

/** Lengths and flows of one test. */
async function flowsOf(
  scope: Scope,
  count: number,
): Promise<{ readonly flows: Flows; readonly open: readonly Flow[] }> {
  const flows = new Flows(scope, FROM, TO)
  const open: Flow[] = []
  for (let at = 0; at < count; at++) open.push(await flows.open())
  return { flows, open }
}

await t.test('every flow has a source port of its own', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const { open } = await flowsOf(scope, 4)
  t.same(
    open.map(({ sourcePort }) => sourcePort),
    [40_000, 40_001, 40_002, 40_003],
  )
  for (const { socket, sourcePort } of open) t.match(socket.address(), { address: FROM, port: sourcePort })
})

await t.test('every datagram has a length of its own, told before it is sent', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const { flows, open } = await flowsOf(scope, 2)
  const lengths: number[] = []
  for (let at = 0; at < 1400; at++) {
    const flow = open[at % 2]
    if (flow === undefined) continue
    const told = flows.nextLength
    lengths.push(await flows.send(flow))
    if (lengths.at(-1) !== told) t.fail(`told ${told}, sent ${lengths.at(-1)}`)
  }
  t.equal(flows.sent, 1400)
  t.equal(new Set(lengths).size, 1400, 'all different, over all flows')
  t.equal(Math.min(...lengths), 64, 'longer than the shortest frame, which would be padded')
  t.ok(Math.max(...lengths) <= 1500, 'each fits into one frame')
  t.equal(flows.nextLength, 64, 'then they begin again')
})

await t.test('a datagram has the IP length that was told', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const receiver = createSocket('udp4')
  scope.onEnd('the receiver', () => {
    receiver.close()
  })
  await new Promise<void>((resolve) => receiver.bind(0, FROM, resolve))
  const { flows, open } = await flowsOf(scope, 1)
  const [flow] = open
  t.ok(flow)
  if (flow === undefined) return
  const { port } = receiver.address()
  const heard = new Promise<Buffer>((resolve) => receiver.once('message', resolve))
  // The unused port may be out of reach here: the same socket sends the same bytes to one that is not.
  const { socket } = flow
  const redirected = {
    sourcePort: flow.sourcePort,
    socket: Object.create(socket, {
      send: {
        value: (bytes: Buffer, _port: number, _to: string, done: (error: Error | null) => void) =>
          socket.send(bytes, port, FROM, done),
      },
    }) as typeof socket,
  }
  const length = await flows.send(redirected)
  t.equal((await heard).length + 28, length, 'with its IP and UDP headers')
})

await t.test('the scope closes every socket', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const { flows, open } = await flowsOf(scope, 2)
  t.same(await scope.end(), [])
  for (const { socket } of open) t.throws(() => socket.address())
  const [flow] = open
  if (flow !== undefined) await t.rejects(flows.send(flow))
  const again = new Scope()
  await flowsOf(again, 2)
  t.same(await again.end(), [], 'the ports are free again')
})

await t.test('an address that is not ours is trouble that names it, and leaks nothing', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  await t.rejects(new Flows(scope, '192.0.2.1', TO).open(), {
    name: 'Trouble',
    stage: 'traffic.socket',
    message: /Cannot send from 192\.0\.2\.1:40000: .*EADDRNOTAVAIL/,
  })
  t.same(await scope.end(), [])
})

await t.test('a datagram that cannot be sent is trouble', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const flows = new Flows(scope, FROM, '192.0.2.255')
  // Loopback's address is no source for the world.
  await t.rejects(flows.send(await flows.open()), {
    name: 'Trouble',
    stage: 'traffic.socket',
    message: /probe could not be sent/,
  })
})

await t.test('among others a flow takes whatever port is free, and datagrams come to an end', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const flows = new Flows(scope, FROM, TO, { ...AMONG_OTHERS, most: 2 })
  const [first, second] = [await flows.open(), await flows.open()]
  t.ok(first.sourcePort > 1024 && second.sourcePort > 1024)
  t.not(first.sourcePort, second.sourcePort)
  await flows.send(first)
  await flows.send(second)
  await t.rejects(flows.send(first), {
    stage: 'traffic.socket',
    message: `No more than 2 datagrams may be sent to ${TO}`,
  })
})
