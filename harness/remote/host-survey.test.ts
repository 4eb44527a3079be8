import t from 'tap'
import { inventoryOf, surveyHost, usableCpus } from './host-survey.ts'

const rows = Array.from(
  { length: 10 },
  (_, at) => ` ${30 + at}:          0          0   IR-PCI-MSI-0000:01:00.0 ${at}-edge      eth0-TxRx-${at}`,
)
const OUTPUT = [
  'facts 6.12.9-amd64 1b2c yes-0000 0-11 yes'.replace('1b2c yes-0000', '1b2c-0000'),
  'version Linux version 6.12.9-amd64 (x) #1 SMP Debian 6.12.9-1 (2026-01-01)',
  'cpus possible=0-127',
  'cpus isolated=2-3',
  'cpus nohz_full=3-4',
  'node 0=0,1,2,3,4,5,6,7,8,9,10,11',
  'irqs start=ffff',
  'product Dell Inc. PowerEdge R750',
  'model name\t: Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz',
  'nic eth0 ixgbe',
  ...rows.map((_, at) => `msi eth0 ${30 + at} IR-PCI-MSI-0000:01:00.0`),
  'address eth0 10.0.0.5 10.0.0.255',
  'irqlab-interrupts',
  '            CPU0       CPU1',
  ...rows,
  'ERR:          0',
  '',
].join('\n')

await t.test('what the machine is, and what of it is asked', async (t) => {
  const survey = await surveyHost({ run: () => Promise.resolve(OUTPUT) }, '10.0.0.5')
  t.match(survey, {
    facts: { release: '6.12.9-amd64', version: '6.12.9', bootId: '1b2c-0000', hasEffectiveAffinity: true },
    machine: {
      product: 'Dell Inc. PowerEdge R750',
      cpuModel: 'Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz',
      cpus: 12,
      virtual: false,
    },
    nics: [{ name: 'eth0', driver: 'ixgbe', carriesUs: true }],
  })
  t.equal(usableCpus(survey).toList(), '0-1,5-10', 'none that is set apart, and eight at most')
  const [nic] = survey.nics
  if (nic === undefined) throw new Error('no NIC')
  const inventory = inventoryOf(survey, nic)
  t.equal(inventory.nic.rxQueues.length, 8, 'of many queues the first ones')
  t.equal(inventory.nic.all.length, 8, 'and no other irq')
  t.equal(inventory.managementRx, undefined)
  t.equal(inventory.cpus.possible.toList(), '0-1,5-10')
})

await t.test('a machine that does not say what it is cannot be asked', async (t) => {
  await t.rejects(surveyHost({ run: () => Promise.resolve('sh: not found\n') }, undefined), {
    name: 'Trouble',
  })
})
