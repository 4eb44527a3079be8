/** The only door for scenarios: what a scenario file imports, and nothing else. */
export { scenario } from './scenario/scenario.ts'
export { CpuMask } from './irq/cpu-mask.ts'
export type { IrqUnderTest } from './scenario/irq-under-test.ts'
export type { QueueUnderTest, ScenarioContext } from './scenario/context.ts'
export type { Move } from './scenario/move.ts'
