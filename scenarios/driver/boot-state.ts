/**
 * Nobody has written anything yet. A port of virtio-serial, whose driver asks for nothing, starts where irqs start. A queue
 * of virtio-net reads back the hint of its driver, and is on a CPU of it only once an interrupt has fired: with remapping at once.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'boot-state',
  question: 'Is every irq where it should be before anybody has asked anything of it?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity'],
  settle: false,

  async run({ nic, devices, check, random }) {
    for (const { irq } of [...nic.rxQueues, devices['virtio-serial']]) {
      check(await irq.request(random.maskExcluding(await irq.effective()))).started()
    }
  },
})
