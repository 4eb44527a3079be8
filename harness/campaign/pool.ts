/** Work on many things, a few at a time, that ends together: one that throws ends all, and nothing is left running. */

/**
 * Does `work` for each item, begun in this order, at most `limit` at once; the answers are in the order of the items.
 * When one throws `stop` is aborted; when that is aborted, here or from outside, no other is begun, and its reason is
 * thrown once all have ended.
 */
export async function inPool<Item, Answer>(
  items: readonly Item[],
  limit: number,
  stop: AbortController,
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const waiting = items.entries()
  const workThrough = async (): Promise<void> => {
    for (const [at, item] of waiting) {
      if (stop.signal.aborted) return
      try {
        answers[at] = await work(item)
      } catch (error) {
        // The first one tells why; the others only say that they were ended.
        if (!stop.signal.aborted) stop.abort(error)
        return
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, workThrough))
  stop.signal.throwIfAborted()
  return answers
}
