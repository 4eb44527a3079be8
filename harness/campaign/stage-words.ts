/** What a person is told when a guest has reached a stage of its boot. */
import type { LimitName } from '../base/limits.ts'

const STAGE_WORDS: Readonly<Partial<Record<LimitName, string>>> = {
  'boot.qemu': 'QEMU is up, waiting for the kernel',
  'boot.firmware': 'the kernel runs, waiting for init',
  'boot.kernel': 'init runs, loading modules',
  'boot.init': 'modules loaded, waiting for the network',
  'boot.network': 'network is up, waiting for SSH',
  'boot.disk': 'the disk is there, its own system starts',
  'boot.nic': 'the NIC under test is up, waiting for SSH',
  'boot.ssh': 'the guest is ready',
}

/** What the guest does now that it has reached this stage. */
export function stageWords(stage: LimitName): string {
  return STAGE_WORDS[stage] ?? stage
}
