/** Which machines can be named? Each with what it is in plain words, and what it needs, so that a person can choose. */
import type { MachineRequest } from './machine.ts'

/** A machine that `--machine` and a scenario know by its name. */
export interface NamedMachine {
  readonly machine: MachineRequest
  /** What it is, and what it is for: one sentence. */
  readonly words: string
  /** What the host, QEMU or the kernel must have: without it a run is a skip. Empty: nothing that every guest does not need. */
  readonly needs: readonly string[]
}

const UNDER_TCG_X2APIC = 'KVM, or QEMU 9.0 or later with TCG'

/** All of them: small and common first. docs/MACHINES.md says what was seen on each. */
export const NAMED_MACHINES: readonly NamedMachine[] = [
  {
    machine: { name: 'plain' },
    words: 'Four CPUs, no interrupt remapping: a new affinity waits for the next interrupt.',
    needs: [],
  },
  {
    machine: { name: 'remapped', remapping: 'intel' },
    words: "Interrupts go through Intel's IOMMU: a new affinity takes effect at the write.",
    needs: ['a kernel with CONFIG_IRQ_REMAP and CONFIG_INTEL_IOMMU'],
  },
  {
    machine: { name: 'remapped-amd', remapping: 'amd' },
    words: "Interrupts go through AMD's IOMMU: at the write as well, by other code.",
    needs: ["a kernel with CONFIG_AMD_IOMMU (of Debian's: debian:SERIES,flavour=amd64)"],
  },
  {
    machine: { name: 'xapic', remapping: 'intel', apic: 'xapic' },
    words: 'Remapped, and the local APICs stay in xAPIC mode even where x2APIC could be had.',
    needs: ['a kernel with CONFIG_IRQ_REMAP and CONFIG_INTEL_IOMMU'],
  },
  {
    machine: { name: 'x2apic', remapping: 'intel', apic: 'x2apic' },
    words: 'Remapped, with the local APICs in x2APIC mode: 32-bit destinations, cluster routing.',
    needs: [UNDER_TCG_X2APIC, 'a kernel with CONFIG_X86_X2APIC'],
  },
  {
    machine: { name: 'x2apic-plain', apic: 'x2apic' },
    words: 'x2APIC mode without remapping, as the guest of a cloud has it: deferred moves.',
    needs: ['KVM: without it a kernel takes x2APIC only with remapping'],
  },
  {
    machine: { name: 'split-irqchip', splitIrqchip: true },
    words: 'The IO-APIC in QEMU and the local APICs in the host kernel, as remapping has it, but plain.',
    needs: ['KVM'],
  },
  {
    machine: { name: 'two-cpus', cpus: 2 },
    words: 'Two CPUs: an irq has one other place to go.',
    needs: [],
  },
  {
    machine: { name: 'eight-cpus', cpus: 8 },
    words: 'Eight CPUs: the most that kernels up to 6.11 address in logical flat mode.',
    needs: [],
  },
  {
    machine: { name: 'sixteen-cpus', cpus: 16 },
    words: 'Sixteen CPUs: physical destinations, even on kernels that have others for eight.',
    needs: [],
  },
  {
    machine: { name: 'forty-cpus', cpus: 40 },
    words: 'Forty CPUs: masks of more than one word, printed as two groups of hex digits.',
    needs: [],
  },
  {
    machine: { name: 'few-of-forty', cpus: 40, startedCpus: 4 },
    words:
      'Forty CPUs, four of them started: masks as wide as with all forty, and a boot that takes no longer.',
    needs: ['a kernel with CONFIG_HOTPLUG_CPU'],
  },
  {
    machine: { name: 'many-cpus', cpus: 64, memoryMib: 1024 },
    words: 'Sixty-four CPUs: two full words of a mask. Its first boot with TCG takes minutes.',
    needs: [],
  },
  {
    machine: { name: 'numa', sockets: 2, nodes: 2 },
    words: 'Two sockets of two CPUs, each a NUMA node with half of the memory.',
    needs: ['a kernel with CONFIG_NUMA'],
  },
  {
    machine: { name: 'isolated', isolatedCpus: '2-3', irqAffinity: '0-1' },
    words: 'CPUs 2 and 3 are isolated (isolcpus=managed_irq,domain), and irqs start on 0 and 1.',
    needs: ['a kernel with CONFIG_CPU_ISOLATION'],
  },
  {
    machine: { name: 'tickless', ticklessCpus: '2-3', isolatedCpus: '2-3', irqAffinity: '0-1' },
    words: 'Isolated, and the timer tick of CPUs 2 and 3 stops (nohz_full=): a real-time host.',
    needs: ["a kernel with CONFIG_NO_HZ_FULL (Debian's from 6.1 on)"],
  },
  {
    machine: { name: 'hotpluggable', spareCpus: 2 },
    words: 'Four CPUs, and places for two more that are plugged in while the guest runs.',
    needs: ['a kernel with CONFIG_ACPI_HOTPLUG_CPU; from 6.12 on KVM too: under TCG it keeps no places'],
  },
  {
    machine: { name: 'vhost', nic: { vhost: true } },
    words: "The host's kernel moves the packets of the NIC under test, and fires its irqs itself.",
    needs: ['/dev/vhost-net (modprobe vhost_net)'],
  },
]
