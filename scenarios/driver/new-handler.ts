/**
 * The irq of ttyS1 gets a handler when the port is opened. Nobody has written its affinity, so each time it starts anew on
 * what default_smp_affinity says then (kernel/irq/manage.c:irq_setup_affinity).
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'new-handler',
  question: 'Does an irq that gets a handler start within the default affinity of that moment?',
  machine: { devices: ['ttyS1'] },
  needs: ['effective_affinity'],
  settle: false,

  async run({ devices, handler, irqDefault, check, random }) {
    const line = devices.ttyS1
    const elsewhere = random.maskExcluding(await line.irq.effective(), { cpus: 2 })
    await handler(line).close()
    await irqDefault.set(elsewhere)
    await handler(line).open()

    check(await line.irq.request(random.maskExcluding(await line.irq.effective()))).started()
  },
})
