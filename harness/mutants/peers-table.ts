/** How many of the broken kernels would others have let through, beside us? Pure. */
import type { Entry } from './ledger.ts'
import { markdownTable } from '../report/markdown-table.ts'
import { PEER_ANSWERS, type PeerAnswer } from './peers.ts'

const INTRO = `## How others ask

The same kernels, asked in the ways of tests that are used elsewhere: three small scenarios in [harness/mutants/peers/](../harness/mutants/peers), each with the idea of its test and without the slips of its parser. An equivalent mutant is left out. _No answer_: the guest was not usable any more, or nothing could be fired.
`

/** The section of docs/MUTANTS.md, as lines. */
export function peersTable(entries: readonly Entry[]): readonly string[] {
  const broken = entries.filter(({ fate }) => fate !== 'equivalent')
  const peers = [...new Set(broken.flatMap(({ peers }) => Object.keys(peers)))].sort()
  const count = (name: string, answer: PeerAnswer) =>
    String(broken.filter(({ peers }) => peers[name] === answer).length)
  const caught = broken.filter(({ fate }) => fate === 'caught').length
  const ours = ['irqlab', String(caught), String(broken.length - caught), '0']
  return [
    INTRO,
    ...markdownTable(
      [`of ${broken.length} broken kernels`, ...PEER_ANSWERS],
      [...peers.map((name) => [`\`${name}\``, ...PEER_ANSWERS.map((answer) => count(name, answer))]), ours],
    ),
  ]
}
