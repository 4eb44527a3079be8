/** The figures as one JSON document, with the host and the programs that they were measured with. */
import type { Preparation } from '../cli/preparation.ts'
import { hostFacts } from '../host/host-facts.ts'
import type { Summary } from './figure.ts'
import type { BenchOptions } from './options.ts'

/** Changes when a reader would have to know. */
const BENCH_SCHEMA = 'irqlab.bench/2'

/** The document, with every sample. Times in ms, memory and sizes in MB (10^6 bytes), as each figure's unit says. */
export async function benchJson(
  { accelerator, qemu, kernels, guest }: Preparation,
  figures: readonly Summary[],
  notes: readonly string[],
  { parts, rounds, campaigns, repeat }: BenchOptions,
): Promise<string> {
  const document = {
    schema: BENCH_SCHEMA,
    at: new Date().toISOString(),
    options: { parts, rounds, campaigns, repeat },
    host: await hostFacts(),
    accelerator,
    qemu,
    kernel: { source: kernels[0]?.source, release: kernels[0]?.release, sha256: kernels[0]?.sha256 },
    guest: { sha256: guest.sha256 },
    figures,
    notes,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
