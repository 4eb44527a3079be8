/** What a scenario is: one question to the kernel, the machine to ask it of, and the acts that ask it. */
import { z } from 'zod'
import { UsageError } from '../base/errors.ts'
import { firstIssue } from '../base/first-issue.ts'
import { isDeviceField, type Machine, machineOf, type MachineRequest } from '../guest/machine.ts'
import type { ScenarioContext } from './context.ts'
import { type KnownFailure, knownFailureSchema } from './known-failure.ts'
import { type Need, NEEDS } from './needs.ts'
import { type Changes, CHANGES } from './only-masks.ts'

/** Two released kernels with the cure of a bug between them, each as `--kernel` takes it. */
export interface Bracket {
  /** A declaration in `known` must cover it: such a run is `known`. */
  readonly violated: string
  readonly held: string
}

/** A scenario as its author writes it. */
export interface ScenarioDefinition {
  /** Small letters, digits and dashes. */
  readonly name: string
  /** The question, as one sentence that ends with a question mark. */
  readonly question: string
  /** A named machine, or one described on the spot; with nothing but devices it is `plain` with these. */
  readonly machine: string | (Omit<MachineRequest, 'name'> & { readonly name?: string })
  readonly needs: readonly Need[]
  /** False to meet the guest as it booted: hints pending, no flow known. The default is to settle every irq first. */
  readonly settle?: boolean
  /** All that its acts change, where that is so little that it can be undone on a machine that is not ours. Every other act throws then. */
  readonly changes?: Changes
  /** Laws that some kernels are known to violate here: such a run is `known`, and one that holds after all is `fixed`. */
  readonly known?: readonly KnownFailure[]
  /** A regression: the released kernel that has the bug, and the first one that has not. They are its kernels by default. */
  readonly bracket?: Bracket
  readonly run: (context: ScenarioContext) => Promise<void>
}

/** A scenario with nothing left open. */
export interface Scenario extends Omit<ScenarioDefinition, 'machine'> {
  readonly machine: Machine
  readonly settle: boolean
  readonly known: readonly KnownFailure[]
}

const definitionSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'give it a name of small letters, digits and dashes'),
  question: z.string().endsWith('?', 'ask a question that ends with a question mark'),
  // machineOf checks the machine itself.
  machine: z.union([z.string(), z.looseObject({})]),
  needs: z.array(z.enum(NEEDS)),
  settle: z.boolean().optional(),
  changes: z.enum(CHANGES).optional(),
  known: z.array(knownFailureSchema).optional(),
  bracket: z.strictObject({ violated: z.string().min(1), held: z.string().min(1) }).optional(),
  run: z.custom<ScenarioDefinition['run']>((value) => typeof value === 'function', 'give a function'),
})

/** What was checked: a file may export something that only looks like a scenario. */
const made = new WeakSet<object>()

/** Defines a scenario; a scenario file exports the result as its default. Throws `UsageError` that names what is wrong. */
export function scenario(definition: ScenarioDefinition): Scenario {
  const parsed = definitionSchema.safeParse(definition)
  if (!parsed.success) {
    const { data: named } = z.looseObject({ name: z.string() }).safeParse(definition)
    const where = named === undefined ? '' : ` (scenario ${named.name})`
    throw new UsageError(firstIssue(parsed.error, 'scenario', definition) + where)
  }
  const checked = {
    ...definition,
    settle: definition.settle ?? true,
    known: definition.known ?? [],
    machine: machineFor(definition),
  }
  made.add(checked)
  return checked
}

function machineFor({ name, machine }: ScenarioDefinition): Machine {
  try {
    if (typeof machine === 'string') return machineOf(machine)
    const isPlain = Object.keys(machine).every(isDeviceField)
    return machineOf({ name: isPlain ? 'plain' : `of-${name}`, ...machine })
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`scenario ${name}: ${error.message}`) : error
  }
}

/** True for what `scenario()` made. */
export function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && made.has(value)
}
