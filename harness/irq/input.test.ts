import t from 'tap'
import { CpuMask } from './cpu-mask.ts'
import { type InputFacts, inputPath, predictInput, type InputFile } from './input.ts'
import { parseKernelRelease } from './kernel-release.ts'

const facts = (release: string, more: Partial<InputFacts> = {}): InputFacts => ({
  release: parseKernelRelease(release),
  cpus: 4,
  online: CpuMask.of(0, 1, 2, 3),
  unmovable: false,
  ...more,
})
const said = (file: InputFile, text: string, given: InputFacts): string => {
  const prediction = predictInput(file, text, given)
  return 'errno' in prediction ? prediction.errno : prediction.mask.toList()
}

await t.test('a file that nobody can write, and an irq that is not there', async (t) => {
  for (const file of ['effective_affinity', 'effective_affinity_list', 'affinity_hint', 'node'] as const)
    t.equal(said(file, '1', facts('6.1')), 'EIO', file)
  t.equal(said('smp_affinity_list of no irq', '1', facts('6.1')), 'ENOENT')
})

await t.test('an irq that user space may not move', async (t) => {
  for (const text of ['1', 'zz', '']) {
    t.equal(said('smp_affinity', text, facts('6.11.0', { unmovable: true })), 'EIO')
    t.equal(said('smp_affinity_list', text, facts('6.12.1', { unmovable: true })), 'EPERM')
  }
  t.equal(said('default_smp_affinity', '2', facts('6.12', { unmovable: true })), '1', 'is no file of the irq')
})

await t.test('words that came between 5.10 and 6.1', async (t) => {
  t.equal(said('smp_affinity_list', '0-N', facts('5.10.0-32')), 'EINVAL')
  t.equal(said('smp_affinity_list', '0-N', facts('6.1.0-56')), '0-3')
})

await t.test('at least one CPU must be online', async (t) => {
  const offline = facts('6.1', { online: CpuMask.of(0, 1, 2) })
  t.equal(said('smp_affinity_list', '3', offline), 'EINVAL')
  t.equal(said('smp_affinity_list', '1,3', offline), '1,3', 'the offline one is kept')
  t.equal(said('smp_affinity', '8', offline), 'EINVAL')
  t.equal(said('default_smp_affinity', '8', offline), 'EINVAL')
  t.equal(said('default_smp_affinity', '10', offline), 'EOVERFLOW')
  t.equal(said('smp_affinity', '0', offline), 'EINVAL')
})

await t.test('where the files are', async (t) => {
  t.equal(inputPath(24, 'smp_affinity_list'), '/proc/irq/24/smp_affinity_list')
  t.equal(inputPath(24, 'default_smp_affinity'), '/proc/irq/default_smp_affinity')
  t.equal(inputPath(24, 'smp_affinity_list of no irq'), '/proc/irq/65535/smp_affinity_list')
})
