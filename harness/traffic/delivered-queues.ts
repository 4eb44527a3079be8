/** Which queue did each datagram arrive on? The guest's trace says it of every packet. Pure. */

/**
 * Index of the rx queue (the first is 0) by IP length, from lines of a trace that has net:napi_gro_receive_entry
 * (net/core/dev.c in 5.10, net/core/gro.c in 6.1 and later): skb's queue_mapping there is the rx queue recorded, plus one.
 */
export function deliveredQueues(trace: string, netInterface: string): ReadonlyMap<number, number> {
  const line = new RegExp(
    ` napi_gro_receive_entry: dev=${netInterface} .*\\bqueue_mapping=(\\d+) .* len=(\\d+) `,
    'g',
  )
  return new Map([...trace.matchAll(line)].map(([, queue, length]) => [Number(length), Number(queue) - 1]))
}
