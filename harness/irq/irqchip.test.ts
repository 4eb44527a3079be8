/** Is the kind of move predicted from the names of the irqchips that are known, and from no other? */
import t from 'tap'
import { isRemapped, predictMove } from './irqchip.ts'
import { parseKernelRelease } from './kernel-release.ts'

const old = parseKernelRelease('6.1.0-56-cloud-amd64')
const recent = parseKernelRelease('7.3.4+deb13-cloud-amd64')

await t.test('predicts by the name of the irqchip, the same in every release', async (t) => {
  const cases: readonly (readonly [string, 'deferred' | 'immediate' | 'unknown'])[] = [
    ['PCI-MSI', 'deferred'],
    ['PCI-MSIX', 'deferred'],
    ['PCI-MSI-0000:00:1f.2', 'deferred'],
    ['PCI-MSIX-0000:00:03.0', 'deferred'],
    ['PCI-MSIX-10000:01:00.0', 'deferred'],
    ['IR-PCI-MSI', 'immediate'],
    ['IR-PCI-MSIX-0000:00:03.0', 'immediate'],
    ['IR-PCI-MSI-0000:00:1f.2', 'immediate'],
    ['IO-APIC', 'deferred'],
    ['IR-IO-APIC', 'immediate'],
    ['HPET-MSI', 'immediate'],
    ['IR-HPET-MSI', 'immediate'],
    ['DMAR-MSI', 'deferred'],
    ['XT-PIC', 'unknown'],
    ['None', 'unknown'],
    ['-', 'unknown'],
    ['', 'unknown'],
    ['IR-', 'unknown'],
    ['IR-IR-PCI-MSI', 'unknown'],
    ['XIR-PCI-MSI', 'unknown'],
    ['ir-pci-msi', 'unknown'],
    ['Hyper-V PCIe MSI', 'unknown'],
    ['VMD-MSI', 'unknown'],
    ['PCI-MSIX-0000:00:03.0 ', 'unknown'],
  ]
  for (const [chip, kind] of cases) {
    for (const release of [old, recent]) {
      const prediction = predictMove(chip, release)
      t.equal(prediction.kind, kind, `${chip} on ${release.text}`)
      t.ok(prediction.why.startsWith(`${chip}: `), 'says why, and of which chip')
    }
  }
})

const cleanup = (text: string): string => predictMove('PCI-MSI', parseKernelRelease(text)).cleanup

await t.test('the cleanup of the old vector became a timer in 6.6', async (t) => {
  t.equal(cleanup('5.10.223'), 'ipi')
  t.equal(cleanup('6.1.0-56-cloud-amd64'), 'ipi')
  t.equal(cleanup('6.5.13'), 'ipi')
  t.equal(cleanup('6.6.0'), 'timer')
  t.equal(cleanup('6.12.107+deb13-cloud-amd64'), 'timer')
  t.equal(cleanup('7.3.4+deb13-cloud-amd64'), 'timer')
})

await t.test('only the prefix proves remapping', async (t) => {
  t.equal(isRemapped('IR-PCI-MSIX-0000:00:03.0'), true)
  t.equal(isRemapped('PCI-MSIX-0000:00:03.0'), false)
  t.equal(isRemapped('DMAR-MSI'), false)
})
