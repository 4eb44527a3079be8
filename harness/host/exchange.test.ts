import t from 'tap'
import { exchange } from './exchange.ts'

await t.test('the answer has status and both outputs, and a no is an answer', async (t) => {
  const script = 'cat; echo reason >&2; exit 2'
  const answer = await exchange(['sh', '-c', script], { stage: 'a', limitMs: 5000, input: 'said' })
  t.same(answer, { status: 2, stdout: 'said', stderr: 'reason\n' })
})

await t.test('a program that does not read its input is no trouble', async (t) => {
  const answer = await exchange(['true'], { stage: 'a', limitMs: 5000, input: 'x'.repeat(1_000_000) })
  t.equal(answer.status, 0)
})

await t.test('a program that takes too long is killed and named', async (t) => {
  await t.rejects(exchange(['sleep', '60'], { stage: 'a.b', limitMs: 100 }), {
    name: 'Trouble',
    stage: 'a.b',
    message: '`sleep 60` took longer than 100 ms',
  })
})
