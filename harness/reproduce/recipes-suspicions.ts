/** Recipes for bugs that leave nothing in a capture: a person names the suspicion, and the machine's likeness is asked. */
import { CpuMask } from '../irq/cpu-mask.ts'
import { maskCode, needsFor, otherThan, type Recipe, type RecipeFacts } from './recipe.ts'
import { standInCode } from './subject.ts'

const ROUNDS = 3

/** CVE-2024-31076: the old CPU goes offline between the move and the first interrupt on the new one. */
export function vectorLeak(facts: RecipeFacts): Recipe {
  const { asked, all, cpu } = facts
  const old = CpuMask.of(cpu ?? 1)
  const next = otherThan(all, old)
  const [first] = asked
  const code = first === undefined ? "devices['virtio-serial']" : standInCode(first.subject)
  return {
    question: 'Is a vector given back when its CPU goes offline in the middle of a move away from it?',
    says: [
      `The irq leaves CPU ${old.toList()} with one interrupt, and before the next one, which would start the cleanup there, that CPU goes offline.`,
      'Nobody gives the old vector back any more: CVE-2024-31076, cured by a6c11c0a5235 (6.10, 6.1.93, 5.10.219).',
    ],
    needs: [...needsFor(facts), 'CPU hotplug'],
    lines: [
      `const target = ${code}`,
      'const moveTo = async (mask: CpuMask, count: number) => {',
      '  const move = await target.irq.request(mask)',
      '  for (let done = 0; done < count; done++) await traffic.probe(target)',
      '  return move',
      '}',
      `const old = ${maskCode(old)}`,
      `const next = ${maskCode(next)}`,
      'let last = await moveTo(old, 3)',
      `for (let round = 1; round <= ${ROUNDS}; round++) {`,
      '  // One interrupt moves it; the first on the new CPU does not come in time.',
      '  await moveTo(next, 1)',
      '  await cpus.offline(old.only())',
      '  await traffic.probe(target)',
      '  await cpus.online(old.only())',
      '  last = await moveTo(old, 3)',
      '}',
      '// Time for the last cleanup.',
      "await sh('sleep 0.2')",
      '',
      'check(last).vectorsGivenBack()',
    ],
    madeUp: [
      `that irqs were moved while CPU ${old.toList()} went offline: ${
        facts.seen.wentOffline.length === 0
          ? 'the capture does not even show that a CPU went'
          : 'the log has the CPU that went, and nothing tells which irq was on its way'
      }`,
      `the number of times: ${ROUNDS} here`,
    ],
  }
}

/** H1: a request that is pending when the handler goes outlives a later write. */
export function staleRequest(facts: RecipeFacts): Recipe {
  const { all, asked } = facts
  const was = asked[0]?.was ?? CpuMask.of(0)
  const shown = asked[0]?.mask ?? otherThan(all, was)
  // What is shown there is the older request, if this is the bug.
  const older = shown.isSubsetOf(was) ? otherThan(all, was) : shown
  const newer = otherThan(all, was, older)
  return {
    question:
      'Is a request that waits for an interrupt replaced by a later one that is made while there is no handler?',
    says: [
      `A request for ${older.toList()} waits, the irq loses its handler, ${newer.toList()} is written and accepted. When it has a handler again, the older request must not come back.`,
      'Nothing clears the pending bit there (irq_set_affinity_deactivated, since 5.8): docs/reports/stale-pending-mask.md.',
    ],
    needs: needsFor(facts),
    devices: ['ttyS1'],
    lines: [
      'const line = devices.ttyS1',
      `await line.irq.request(${maskCode(was)})`,
      'await traffic.probe(line)',
      'await traffic.probe(line, { count: 2 })',
      '',
      `await line.irq.request(${maskCode(older)})`,
      'await handler(line).close()',
      `const move = await line.irq.request(${maskCode(newer)})`,
      'await handler(line).open()',
      'await traffic.probe(line, { count: 3 })',
      '',
      'check(move).lastWord()',
    ],
    madeUp: [
      'that the handler was gone for a while, and that a mask was written meanwhile: a capture shows the end of it alone',
    ],
  }
}
