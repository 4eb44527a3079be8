/** What is meant by `--ask NAME`, and which bugs is a kernel known to have that no capture shows? From the catalogue. */
import { UsageError } from '../base/errors.ts'
import { isAtLeast, type KernelRelease, parseKernelRelease } from '../irq/kernel-release.ts'
import { LAW_NAMES, type LawName } from '../irq/laws/law-names.ts'
import { type SuspicionName, suspicionOf } from '../reproduce/symptom.ts'
import { claimedLaws } from '../scenario/claimed-laws.ts'
import { knownOn } from '../scenario/known-failure.ts'
import { closest } from './closest.ts'
import { allScenarios, type ListedScenario } from './scenario-files.ts'

/** A suspicion with acts made from the capture, or a scenario of the catalogue on the machine's likeness. */
export interface AskedAbout {
  readonly suspicion: SuspicionName | undefined
  readonly scenario: ListedScenario
  /** Laws that it asks; a violation of one is what is looked for. */
  readonly laws: readonly LawName[]
  /** A kernel with the cure, where it is known. */
  readonly cured: string | undefined
}

/** Reads the name of a scenario, of a law, or of a CVE. Throws `UsageError`. */
export async function askedAbout(name: string): Promise<AskedAbout> {
  const all = await allScenarios()
  const wanted = name.toLowerCase()
  const law = LAW_NAMES.find((one) => one === wanted)
  const asking = law === undefined ? [] : all.filter(({ scenario }) => claimedLaws(scenario).includes(law))
  const found =
    all.find(({ scenario }) => scenario.name === wanted || suspicionOf(scenario.name) === wanted) ??
    (/^cve-\d+-\d+$/.test(wanted)
      ? all.find(({ scenario }) => scenario.name.startsWith(`${wanted}-`))
      : undefined) ??
    // The one that is about this law alone says most.
    asking.toSorted((a, b) => claimedLaws(a.scenario).length - claimedLaws(b.scenario).length)[0]
  if (found === undefined) {
    const known = [...all.map(({ scenario }) => scenario.name), ...LAW_NAMES]
    throw new UsageError(
      `--ask ${JSON.stringify(name)}: no scenario, law or CVE of the catalogue${closest(wanted, known)}; see \`irqlab list\``,
    )
  }
  const { scenario } = found
  const suspicion = suspicionOf(scenario.name)
  return {
    suspicion,
    scenario: found,
    laws: law === undefined ? claimedLaws(scenario) : [law],
    cured:
      scenario.bracket?.held ??
      (suspicion === 'stale-request' ? 'none yet; docs/patches/0001 of irqlab cures it' : undefined),
  }
}

/** A bug that this kernel is known to have. */
export interface KnownBug {
  readonly scenario: string
  readonly law: string
  readonly reason: string
}

/** Of these no interrupt goes anywhere else: they are about texts that are written to the files. */
const ABOUT_TEXTS: ReadonlySet<string> = new Set(['understood', 'forbidden'])

/** Those of the catalogue, one a scenario. `build`: of /proc/version, which has the stable release of a Debian kernel. */
export async function knownBugs(
  release: KernelRelease | undefined,
  build: string | undefined,
): Promise<readonly KnownBug[]> {
  if (release === undefined) return []
  const stable = /\bDebian (\d+\.\d+\.\d+)/.exec(build ?? '')?.[1]
  const kernel = stable === undefined ? release : parseKernelRelease(stable)
  // x.y.0 of a distribution says nothing of its stable release: what was cured in one cannot be told.
  const isVague = stable === undefined && kernel.patch === 0 && kernel.text.includes('-')
  const all = await allScenarios()
  return all.flatMap(({ scenario }): readonly KnownBug[] => {
    const first = knownOn(kernel, scenario.known).find(
      ({ law, before }) =>
        law !== undefined &&
        !ABOUT_TEXTS.has(law) &&
        !(isVague && before !== undefined && isAtLeast(kernel, before.split('.').slice(0, 2).join('.'))),
    )
    return first?.law === undefined ? [] : [{ scenario: scenario.name, law: first.law, reason: first.reason }]
  })
}
