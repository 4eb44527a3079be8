/** Does a doctored machine get exactly the finding that was put into it, and a machine that lacks it none? */
import t from 'tap'
import { diagnose } from './diagnose.ts'
import { type DoctoredIrq, type DoctoredMachine, doctoredCapture } from './doctored-capture-fixture.ts'
import { type Finding, FINDING_NAMES } from './finding.ts'
import { findingCases } from './finding-cases-fixture.ts'
import { observe } from './observe.ts'
import { singleSampleCases } from './single-sample-cases-fixture.ts'

/** The findings, without the one that every machine has. */
function found(machine: DoctoredMachine): readonly Finding[] {
  const { findings, seen } = diagnose(observe(doctoredCapture(machine)))
  t.same(seen.defects, [])
  return findings.filter(({ name }) => name !== 'no-remapping')
}

const cases = [...findingCases, ...singleSampleCases]

for (const { what, machine, finds, says } of cases) {
  await t.test(what, async (t) => {
    const findings = found(machine)
    t.same(
      findings.map(({ name, irq }) => (irq === undefined ? name : `${name} ${irq}`)),
      finds,
    )
    if (says !== undefined) t.match(findings[0]?.sentence, says)
    for (const { evidence } of findings) {
      t.ok(evidence.length > 0, 'it says what it rests on')
      for (const { file, value } of evidence) t.ok(file !== '' && value !== '')
    }
  })
}

await t.test('every finding is in a case', async (t) => {
  const tested = new Set(cases.flatMap(({ finds }) => finds.map((one) => one.split(' ')[0])))
  t.same(
    FINDING_NAMES.filter((name) => !tested.has(name) && name !== 'no-remapping'),
    [],
  )
  const plain = diagnose(
    observe(doctoredCapture({ links: ['sys/firmware/acpi/tables/DMAR'], words: ['intremap=off'] })),
  )
  t.match(plain.findings, [{ name: 'no-remapping', sentence: /the firmware has an IOMMU \(DMAR\)/ }])
  t.same(
    diagnose(
      observe(
        doctoredCapture({
          irqs: {
            24: { chip: 'GICv3' },
            25: { chip: 'GICv3' },
            26: { chip: 'GICv3' },
            27: { chip: 'GICv3' },
          },
        }),
      ),
    ).findings,
    [],
  )
})

await t.test('what a stranger wrote does nothing to a terminal', async (t) => {
  const nasty = '\u001B[2Jx\u0007'
  const seen = observe(
    doctoredCapture({
      irqs: { 24: { action: nasty, requested: '2', effective: '0' } },
      log: [`nobody cared ${nasty}`],
      settings: [nasty],
    }),
  )
  t.notMatch(JSON.stringify(diagnose(seen)), /\\u00(?:1b|07)/i)
  t.equal(seen.irqs[0]?.action, '?[2Jx?')
})

await t.test('what a new mask will do, by chip, driver and what the kernel says', async (t) => {
  const kind = (irq: DoctoredIrq, release = '6.12.107-amd64') =>
    diagnose(observe(doctoredCapture({ irqs: { 24: irq }, release }))).irqs[0]?.behaviour.kind
  t.equal(kind({}), 'deferred')
  t.equal(kind({ chip: 'IR-PCI-MSI' }), 'immediate')
  t.equal(kind({ chip: 'GICv3' }), 'unknown')
  t.equal(kind({ action: '' }), 'no handler')
  t.equal(kind({ fixed: true }), 'managed')
  t.equal(kind({ fixed: true, chip: 'IO-APIC' }), 'fixed')
  t.equal(kind({ chip: 'HPET-MSI' }), 'fixed')
  for (const action of ['nvme0q1', 'virtio3-req.0', 'virtio1-request'])
    t.equal(kind({ action }), 'managed', action)
  for (const action of ['nvme0q0', 'virtio3-config', 'eth0-rx-1'])
    t.equal(kind({ action }), 'deferred', action)
  t.equal(kind({ debug: [' IRQD_AFFINITY_MANAGED'] }), 'managed')
  t.equal(kind({}, 'no release'), 'deferred', 'the chip tells, whatever the kernel is called')
})
