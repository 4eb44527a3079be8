/** Is a peer's answer read from the end of its body alone, and never from what irqlab says of the run? */
import { existsSync } from 'node:fs'
import t from 'tap'
import { peerAnswer, peerFile, peerNames } from './peers.ts'

await t.test('there are some, each a file', async (t) => {
  t.ok(peerNames().length >= 3)
  for (const name of peerNames()) t.ok(existsSync(peerFile(name)), name)
})

await t.test('answers', async (t) => {
  const answer = (outcome: 'pass' | 'fail' | 'broken' | 'skip' | 'known', reason: string, stage?: string) =>
    peerAnswer({ outcome, reason, ...(stage === undefined ? {} : { stage }) })
  t.equal(answer('broken', 'a peer says no: CPU 2 is busiest', 'unknown'), 'noticed')
  t.equal(answer('broken', 'nothing was asked: no claim was made', 'scenario.asked-nothing'), 'let through')
  t.equal(answer('pass', '12 verdicts held'), 'let through')
  t.equal(answer('fail', 'once violated on input.0'), 'let through', 'that is what irqlab says')
  t.equal(answer('broken', 'The guest was lost', 'guest.lost'), 'no answer')
  t.equal(answer('fail', 'panic', 'kernel'), 'no answer', 'a fault ends the body')
  t.equal(answer('skip', 'needs effective_affinity'), 'no answer')
})
