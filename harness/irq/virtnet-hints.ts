/** Which affinity does virtio-net itself write for each of its queue pairs? Predicted from the CPUs and the pairs in use. */
import { CpuMask } from './cpu-mask.ts'

/**
 * The hints in the order of the queue pairs, the same for rx and tx: drivers/net/virtio_net.c:virtnet_set_affinity, 5.10 to
 * 7.3. The driver writes them at probe, whenever a CPU has come or gone, and when the number of its channels is set. The
 * online CPUs are dealt out in turn, as many to each pair as there are, one more to the first where that leaves a rest;
 * with more pairs than CPUs they go round.
 */
export function virtnetHints(online: CpuMask, pairs: number): readonly CpuMask[] {
  const cpus = online.cpus
  const share = Math.max(Math.floor(cpus.length / pairs), 1)
  const rest = cpus.length >= pairs ? cpus.length % pairs : 0
  let next = 0
  return Array.from({ length: pairs }, (_, pair) => {
    const size = share + (pair < rest ? 1 : 0)
    const group = Array.from({ length: size }, () => cpus[next++ % cpus.length] ?? 0)
    return CpuMask.of(...group)
  })
}
