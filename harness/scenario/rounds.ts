/** How often does a scenario go round that can be drawn out? */

/** The first is 1, and always there; the others begin while `soakMs` lasts, each after `between`. */
export async function* roundsFor(soakMs: number, between: () => Promise<void>): AsyncGenerator<number, void> {
  const started = performance.now()
  for (let round = 1; round === 1 || performance.now() - started < soakMs; round++) {
    if (round > 1) await between()
    yield round
  }
}
