/** Where did an irq come from? What its driver asked for, what new irqs start on, and the node of its device. */
import { z } from 'zod'
import { CpuMask } from './cpu-mask.ts'
import { MalformedText } from './malformed-text.ts'

/** What was given to an irq before anybody wrote its affinity, as the kernel shows it. */
export interface Given {
  /** affinity_hint: what the driver asked for; empty where it asked for nothing. */
  readonly hint: CpuMask
  /** default_smp_affinity: where an irq starts that nobody asked anything for. */
  readonly start: CpuMask
  /** The NUMA node of its device; -1 where the kernel knows of none. */
  readonly node: number
  /** The CPUs of that node: where some of them are among those that irqs start on, it starts on these alone. */
  readonly nodeCpus: CpuMask
}

/** Shell text of builtins that prints the line which `parseGiven` reads. */
export function givenCommand(irq: number): string {
  return [
    `h= d= n= v=; read -r h </proc/irq/${irq}/affinity_hint; read -r d </proc/irq/default_smp_affinity`,
    `read -r n </proc/irq/${irq}/node; for c in /sys/devices/system/node/node$n/cpu[0-9]*; do [ ! -e $c ] || v="$v,\${c##*/cpu}"; done`,
    'echo "given hint=$h start=$d node=$n cpus=${v#,}"',
  ].join('\n')
}

/** What the command printed; undefined where the kernel shows not all of it. Throws `MalformedText`. */
export function parseGiven(output: string): Given | undefined {
  const line = /^given hint=(\S*) start=(\S*) node=(\S*) cpus=(\S*)$/m.exec(output)
  const [, hint = '', start = '', node = '', cpus = ''] = line ?? []
  if (hint === '' || start === '' || node === '') return undefined
  if (!/^-?\d{1,5}$/.test(node))
    throw new MalformedText('node of an irq', 1, node, 'not the number of a node')
  return {
    hint: CpuMask.fromHex(hint, 'affinity_hint'),
    start: CpuMask.fromHex(start, 'default_smp_affinity'),
    node: Number(node),
    nodeCpus: CpuMask.fromListOrEmpty(cpus, 'the CPUs of a node'),
  }
}

const list = z.string().transform((text) => CpuMask.fromListOrEmpty(text))

/** As it stands in evidence.json. */
export const givenSchema = z.strictObject({ hint: list, start: list, node: z.int().min(-1), nodeCpus: list })

/** For evidence.json. */
export function givenJson({ hint, start, node, nodeCpus }: Given): z.input<typeof givenSchema> {
  return { hint: hint.toList(), start: start.toList(), node, nodeCpus: nodeCpus.toList() }
}
