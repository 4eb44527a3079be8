/**
 * How others ask: three small scenarios in peers/, each in the way of a test that is used elsewhere. What would they have said of
 * a kernel that is broken on purpose?
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunRecord } from '../record/run-record.ts'

const PEERS = resolve(import.meta.dirname, 'peers')

/** What a peer's way of asking says of a kernel. `no answer`: its run did not come to an end. */
export const PEER_ANSWERS = ['noticed', 'let through', 'no answer'] as const

/** One of them. */
export type PeerAnswer = (typeof PEER_ANSWERS)[number]

/** Begins what a peer's scenario throws where the peer's test would fail. */
const SAYS_NO = 'a peer says no: '

/** Names of the peers' ways of asking; each is a scenario file of its own. */
export function peerNames(): readonly string[] {
  return readdirSync(PEERS)
    .map((file) => file.replace(/\.ts$/, ''))
    .sort()
}

/** The scenario file of a peer, absolute. */
export function peerFile(name: string): string {
  return join(PEERS, `${name}.ts`)
}

/**
 * The answer in the record of a peer's run. A peer claims nothing of our laws: where its body came to its end, it let the kernel
 * through, whatever irqlab itself says of the run.
 */
export function peerAnswer({
  outcome,
  reason,
  stage,
}: Pick<RunRecord, 'outcome' | 'reason' | 'stage'>): PeerAnswer {
  if (reason.startsWith(SAYS_NO)) return 'noticed'
  const isOver = stage === undefined || stage === 'scenario.asked-nothing' || stage === 'unproven'
  if (outcome === 'skip' || !isOver) return 'no answer'
  return 'let through'
}
