/** Recipes for masks that are not what somebody wanted: rewritten, broken, offline, isolated, refused. */
import { CpuMask } from '../irq/cpu-mask.ts'
import {
  askedLines,
  atRest,
  checkMoved,
  fired,
  heldLines,
  maskCode,
  needsFor,
  otherThan,
  type Recipe,
  type RecipeFacts,
  requests,
} from './recipe.ts'

/** Somebody else writes the mask between two looks: irqbalance if it ran, else we. */
export function maskRewritten(facts: RecipeFacts): Recipe {
  const balanced = facts.seen.balancers.some(({ name }) => name === 'irqbalance')
  // What somebody wanted is not in every capture: then another CPU than the one that it has.
  const asked = facts.asked.map((one) => ({ ...one, before: one.before ?? otherThan(facts.all, one.mask) }))
  const before = asked.map((one) => one.before)
  const theirs = before.reduce((sum, mask) => sum.union(mask), CpuMask.of())
  // It needs a CPU that it may use.
  const without = theirs.size < facts.all.size ? theirs : CpuMask.of(0)
  const start = [
    ...askedLines(asked, true),
    '',
    '// The mask that one writer wants.',
    'for (const { target, before } of asked) await target.irq.request(before)',
    'await traffic.probe(targets)',
    'await traffic.probe(targets, { count: 2 })',
    '',
  ]
  if (balanced)
    return {
      question: 'Does irqbalance write over a mask that was set by hand?',
      says: [
        'The masks are set by hand; then the real irqbalance starts, may not use those CPUs, and writes others between two looks.',
      ],
      needs: needsFor(facts),
      lines: [
        ...start,
        '// The other writer: it stays, as there.',
        'await capture({',
        '  during: async () => {',
        `    await irqbalance.writes(targets, { without: ${maskCode(without)}, stay: true })`,
        '  },',
        '})',
        'await irqbalance.stop()',
        '',
        'check.always()',
      ],
      madeUp: [
        'why irqbalance moved the irq: here it is told not to use the CPUs of the mask (IRQBALANCE_BANNED_CPULIST), there the load or its settings decided',
      ],
    }
  return {
    question: 'Is a mask that somebody rewrites taken as it was written?',
    says: [
      'The mask is written, and between two looks it is written again: by irqlab, in the place of whoever it was.',
    ],
    needs: needsFor(facts),
    lines: [
      ...start,
      'await capture({',
      '  during: async () => {',
      '    for (const { target, mask } of asked) await target.irq.request(mask)',
      '  },',
      '})',
      ...fired,
      '',
      'check.always()',
    ],
    madeUp: ['the second writer: the capture does not show who it was, here it is irqlab itself'],
  }
}

/** The only CPU of a mask goes offline. */
export function affinityBroken(facts: RecipeFacts): Recipe {
  const { asked, all, offline, cpu = 1 } = facts
  const gone = CpuMask.of(cpu)
  const left = asked[0]?.mask ?? all.minus(gone)
  const before = all.minus(left).minus(gone)
  const isBack = !offline.has(cpu)
  const later = offline.minus(before).minus(gone)
  const between = asked[0]?.before !== undefined
  const wentOff = `cpus.offline(${cpu})`
  const isPlain = later.isEmpty && isBack
  return {
    question: 'Where does an irq go when the only CPU of its mask goes offline, and does it stay there?',
    says: [
      `The irq is pinned to CPU ${cpu} alone, and CPU ${cpu} goes offline${isBack ? ' and comes back' : ''}.`,
    ],
    needs: [...needsFor(facts), 'CPU hotplug'],
    lines: [
      ...askedLines(asked),
      ...(before.isEmpty
        ? []
        : ['', '// These were offline before.', ...before.cpus.map((one) => `await cpus.offline(${one})`)]),
      '',
      `// Pinned to CPU ${cpu} alone.`,
      'const moves = []',
      `for (const { target } of asked) moves.push(await target.irq.request(${maskCode(gone)}))`,
      ...fired,
      'await hold(moves, {',
      '  seconds: 0.2,',
      '  whileMoving: [],',
      ...(between ? [`  with: () => capture({ during: () => ${wentOff} }),`] : [`  with: () => ${wentOff},`]),
      '})',
      ...(isBack ? [`await cpus.online(${cpu})`] : []),
      ...later.cpus.map((one) => `await cpus.offline(${one})`),
      ...(between ? [] : ['// Does the guest look as the machine did?', 'await capture()']),
      ...(isBack ? [] : [`await cpus.online(${cpu})`]),
      ...fired,
      '',
      isPlain || later.isEmpty ? 'for (const move of moves) check(move).fellBack()' : 'check.always()',
    ],
    madeUp: [
      `the mask that was lost: the capture has only what the kernel made of it; that it named the CPU that went, and no other that was online, follows from the kernel's rule`,
    ],
  }
}

/** A CPU of the mask is offline. */
export function offlineInMask(facts: RecipeFacts): Recipe {
  const { asked, offline } = facts
  const gone = asked.reduce((sum, { mask }) => sum.union(mask.intersect(offline)), CpuMask.of())
  // An irq that is on an online CPU of its mask has nowhere to go.
  const stays = asked.some(({ was, mask }) => was.isSubsetOf(mask))
  const isEmpty = asked.every(({ mask }) => mask.isSubsetOf(offline))
  const off = gone.cpus.map((cpu) => `await cpus.offline(${cpu})`)
  return {
    question: isEmpty
      ? 'What becomes of a request when all of its CPUs go offline before an interrupt comes?'
      : 'Is a mask with an offline CPU kept whole, and does the irq go to an online one of it?',
    says: [
      isEmpty
        ? 'The mask is written and waits; then its CPUs go offline.'
        : 'CPUs of the mask are offline when it is written.',
    ],
    needs: [...needsFor(facts), 'CPU hotplug'],
    lines: [
      ...askedLines(asked),
      '',
      ...atRest,
      '',
      ...(isEmpty
        ? [
            ...requests.slice(1).map((line) => line.replace(/moves\.push\((.*)\)$/, '$1')),
            ...off,
            'await capture()',
          ]
        : [...off, ...requests, ...heldLines(facts), ...fired, 'await capture()', ...fired]),
      '',
      isEmpty || stays ? 'check.always()' : 'for (const move of moves) check(move).moved()',
    ],
    madeUp: [
      isEmpty
        ? 'the order: the request waits and its CPUs go, which is how a mask comes to name no CPU that is online'
        : 'the order: the CPUs are offline before the mask is written',
    ],
  }
}

/** An irq on a CPU that was set apart. */
export function onIsolated(facts: RecipeFacts): Recipe {
  return {
    question: 'Does an irq whose mask names an isolated CPU fire there?',
    says: ['The irq is brought to the isolated CPU that it was on, gets the mask that it had, and fires.'],
    needs: [...needsFor(facts), 'isolated CPUs'],
    lines: [
      ...askedLines(facts.asked),
      '',
      ...atRest,
      ...requests,
      ...fired,
      facts.finding?.name === 'isolated-cpu-aimed-at'
        ? 'await capture()'
        : 'await capture({ during: () => traffic.probe(targets, { count: 5 }) })',
      '',
      'check.always()',
    ],
    madeUp: ['how the irq came to the isolated CPU: here by a write'],
  }
}

/** Against what the driver asks for. */
export function hintAgainstMask(facts: RecipeFacts): Recipe {
  // It comes from a CPU that is not in the mask.
  const asked = facts.asked.map((one) =>
    one.was.isSubsetOf(one.mask) ? { ...one, was: otherThan(facts.all, one.mask) } : one,
  )
  return {
    question: "Does a mask against the driver's hint count?",
    says: [
      "The mask is written against the hint of the driver, which gives each queue's irq a CPU of its own.",
    ],
    needs: needsFor(facts),
    lines: [
      ...askedLines(asked),
      '',
      ...atRest,
      ...requests,
      ...heldLines(facts),
      ...fired,
      'await capture()',
      ...checkMoved,
    ],
    madeUp: ["the hints: they are virtio-net's, a CPU for each queue", 'who wrote the mask: here irqlab'],
  }
}

/** A managed irq refuses. */
export function managedMoveTried(facts: RecipeFacts): Recipe {
  return {
    question: 'Does a managed irq refuse a new mask, and go on firing where it was?',
    says: ['A mask is written to an irq that the kernel manages, as irqbalance does.'],
    needs: ['effective_affinity', 'the pending bit'],
    lines: [
      ...askedLines(facts.asked),
      '',
      'const moves = []',
      'for (const { target, mask } of asked) moves.push(await target.irq.request(mask))',
      'await traffic.probe(targets, { count: 5 })',
      '',
      'for (const move of moves) check(move).unmoved()',
    ],
    madeUp: ['the mask: what irqbalance wrote is in no file'],
  }
}

/** A CPU without vectors. */
export function vectorsShort(facts: RecipeFacts): Recipe {
  const { asked, all, cpu = 1, remapped, neighbour } = facts
  const full = CpuMask.of(cpu)
  const from = otherThan(all, full)
  const third = otherThan(all, full, from)
  const hold = remapped
    ? ['const move = await port.irq.request(full)']
    : [
        'const move = await port.irq.request(full)',
        '// No neighbour may leave that CPU: it would leave a vector there.',
        `const neighbour = nic.rxQueue(${neighbour})`,
        'await hold([move], {',
        '  seconds: 1,',
        '  whileMoving: [neighbour],',
        '  by: async () => {',
        `    await neighbour.irq.request(${maskCode(third)})`,
        '    await traffic.probe(neighbour)',
        '    await traffic.probe(neighbour, { count: 2 })',
        '  },',
        '})',
      ]
  return {
    question: 'What becomes of a request for a CPU that has no vector left?',
    says: [`All vectors of CPU ${cpu} are taken, and an irq is asked to go there.`],
    needs: needsFor(facts),
    devices: ['virtio-serial'],
    vectorHogs: 4,
    lines: [
      "const port = devices['virtio-serial']",
      `const full = ${maskCode(full)}`,
      `await port.irq.request(${maskCode(from)})`,
      'await traffic.probe(port)',
      'await traffic.probe(port, { count: 2 })',
      `await vectors.fill(${cpu})`,
      '// Does the guest look as the machine did?',
      'await capture()',
      ...hold,
      'await traffic.probe(port)',
      'await traffic.probe(port, { count: 3 })',
      '',
      'check(move).foundNoVector()',
    ],
    madeUp: [
      `what took the vectors: ${asked.length === 0 ? 'the machine has more devices' : 'there its own devices'}, here four devices that exist for it`,
    ],
  }
}
