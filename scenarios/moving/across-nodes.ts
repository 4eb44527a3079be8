/** CPUs of two NUMA nodes: an irq crosses from one to the other like any other way, and a mask may name CPUs of both. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'across-nodes',
  question: 'Does an irq move from node to node, and within a mask that lies across them?',
  machine: { name: 'numa', devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'two NUMA nodes'],
  changes: 'affinity masks',

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    for (const across of [false, true, false]) {
      const here = await port.irq.effective()
      const far = cpus.nodes.find((node) => !here.isSubsetOf(node))
      const near = cpus.nodes.find((node) => here.isSubsetOf(node))
      if (far === undefined || near === undefined) return
      const there = random.maskOf(far)
      const mask = across ? there.union(near.minus(here)) : there
      const move = await port.irq.request(mask)
      await hold([move], { seconds: 0.3, whileMoving: nic.rxQueues })
      await traffic.probe(port)
      await traffic.probe(port, { count: 3 })

      check(move).moved()
    }
  },
})
