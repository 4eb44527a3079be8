/** Which of our few CPUs stands for which of a large machine's many? By what matters: the masks, who is online, isolated, which node. Pure. */
import { CpuMask } from '../irq/cpu-mask.ts'

/** What the choice rests on. All masks are those of the machine. */
export interface CpuFacts {
  readonly online: CpuMask
  readonly isolated: CpuMask
  readonly nodes: readonly CpuMask[]
  /** Each of them has a CPU of its own here. */
  readonly needed: CpuMask
  /** Masks whose CPUs must be told apart, the most important first. */
  readonly masks: readonly CpuMask[]
}

/** One of our CPUs. */
export interface CpuOfOurs {
  /** The CPU of the machine that it is; undefined: one that the machine has not. */
  readonly theirs: number | undefined
  /** All that it stands for, `theirs` among them: they are in the same masks. */
  readonly standsFor: CpuMask
}

/** The choice. */
export interface CpuMap {
  /** By our numbers. */
  readonly ours: readonly CpuOfOurs[]
  /** NUMA nodes that are kept: our CPUs are shared equally among them, in order. 1: they are not kept. */
  readonly nodes: number
  /** The mask as it is here: the CPUs of ours whose own are in it. */
  readonly map: (mask: CpuMask) => CpuMask
  /** Our CPU for one of theirs, itself or the one that stands for it. */
  readonly ourOf: (cpu: number) => number | undefined
}

/** With more a guest takes long to boot without KVM, and nothing more is seen. */
const CPUS_MAX = 8
/** A neighbour has to have places to move to. */
const CPUS_MIN = 4
/** With nodes, whose shares have to be equal. */
const CPUS_MAX_WITH_NODES = 16
const NODES_MAX = 4

/** Chooses. A machine that is small enough is kept whole, in its order. */
export function cpuMap(facts: CpuFacts): CpuMap {
  const all = facts.online.union(facts.needed)
  const kept = all.size <= CPUS_MAX ? all : representatives(all, facts)
  const boot = bootCpu(kept, facts)
  const first = [boot, ...kept.cpus.filter((cpu) => cpu !== boot)]
  const byNode = shared(first, all, facts.nodes)
  const numbers: (number | undefined)[] = [...(byNode ?? first)]
  while (numbers.length < CPUS_MIN) numbers.push(undefined)
  const own = new Map(numbers.flatMap((cpu, at) => (cpu === undefined ? [] : [[cpu, at] as const])))
  const bySignature = new Map<string, number>()
  for (const [cpu, at] of own) {
    const key = signature(cpu, facts)
    if (!bySignature.has(key)) bySignature.set(key, at)
  }
  const ourOf = (cpu: number) => own.get(cpu) ?? bySignature.get(signature(cpu, facts))
  const standing = new Map<number, number[]>()
  for (const cpu of all.cpus) {
    const at = ourOf(cpu)
    if (at !== undefined) standing.set(at, [...(standing.get(at) ?? []), cpu])
  }
  return {
    ours: numbers.map((theirs, at) => ({ theirs, standsFor: CpuMask.of(...(standing.get(at) ?? [])) })),
    nodes: byNode === undefined ? 1 : facts.nodes.length,
    map: (mask) => CpuMask.of(...[...own].flatMap(([cpu, at]) => (mask.has(cpu) ? [at] : []))),
    ourOf,
  }
}

/** CPUs with the same are the same to the kernel, as far as this machine's masks go. */
function signature(cpu: number, { online, isolated, nodes, masks }: CpuFacts): string {
  const node = nodes.findIndex((one) => one.has(cpu))
  return [online, isolated, ...masks].map((mask) => (mask.has(cpu) ? '1' : '0')).join('') + `.${node}`
}

function representatives(all: CpuMask, facts: CpuFacts): CpuMask {
  const chosen = new Set<number>(facts.needed.cpus.slice(0, CPUS_MAX))
  const add = (among: CpuMask) => {
    const next = among.cpus.find((cpu) => !chosen.has(cpu))
    if (next !== undefined && chosen.size < CPUS_MAX) chosen.add(next)
  }
  // Two CPUs at least stay online that are not set apart: interrupts have to go somewhere.
  const plain = facts.online.minus(facts.isolated)
  add(plain.isEmpty ? facts.online : plain)
  for (const mask of facts.masks) {
    const there = mask.intersect(all)
    if (there.cpus.filter((cpu) => chosen.has(cpu)).length === 0) add(there)
  }
  const known = new Set([...chosen].map((cpu) => signature(cpu, facts)))
  for (const cpu of all.cpus) {
    const key = signature(cpu, facts)
    if (known.has(key)) continue
    known.add(key)
    add(CpuMask.of(cpu))
  }
  // A mask of several CPUs is to stay one.
  for (const mask of [...facts.masks, plain]) {
    const there = mask.intersect(all)
    if (there.size > 1 && there.cpus.filter((cpu) => chosen.has(cpu)).length < 2) add(there)
  }
  while (chosen.size < Math.min(CPUS_MIN, all.size)) add(all)
  return CpuMask.of(...chosen)
}

/** Our CPU 0 can neither be taken offline nor be isolated. */
function bootCpu(kept: CpuMask, { online, isolated }: CpuFacts): number {
  const able = kept.intersect(online)
  return able.minus(isolated).cpus[0] ?? able.cpus[0] ?? kept.cpus[0] ?? 0
}

/** Node by node, each with as many CPUs; undefined where that cannot be. */
function shared(
  order: readonly number[],
  all: CpuMask,
  nodes: readonly CpuMask[],
): readonly number[] | undefined {
  if (nodes.length < 2 || nodes.length > NODES_MAX) return undefined
  const boot = order[0] ?? 0
  // The node of the first CPU comes first.
  const ordered = [...nodes].sort((a, b) => Number(b.has(boot)) - Number(a.has(boot)))
  const chosen = ordered.map((node) => order.filter((cpu) => node.has(cpu)))
  if (chosen.flat().length !== order.length) return undefined
  const each = Math.max(...chosen.map((cpus) => cpus.length), Math.ceil(CPUS_MIN / nodes.length))
  if (each * nodes.length > CPUS_MAX_WITH_NODES) return undefined
  const padded = chosen.map((cpus, at) => {
    const others = (ordered[at]?.intersect(all).cpus ?? []).filter((cpu) => !cpus.includes(cpu))
    const whole = [...cpus, ...others.slice(0, each - cpus.length)].sort((a, b) => a - b)
    // The first CPU of all stays the first.
    return at === 0 ? [boot, ...whole.filter((cpu) => cpu !== boot)] : whole
  })
  return padded.every((cpus) => cpus.length === each) ? padded.flat() : undefined
}
