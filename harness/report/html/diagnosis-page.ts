/** A diagnosis as one self-contained page: what is off in plain words, the machine, and its irqs as lanes over the CPUs. */
import type { Diagnosis } from '../../diagnose/diagnose.ts'
import { lastOf } from '../../diagnose/evidence.ts'
import { FINDINGS, type Weight } from '../../diagnose/finding.ts'
import { diagnosisJsonPieces } from './diagnosis-data.ts'
import { findingsPart } from './diagnosis-findings.ts'
import { machinePart } from './diagnosis-machine.ts'
import { escapeHtml } from './escape.ts'
import { pageHtml } from './page-frame.ts'

/** The text of the file; `what` is what was diagnosed, as a person names it. */
export function diagnosisPage(diagnosis: Diagnosis, what: string): string {
  const { seen } = diagnosis
  const online = lastOf(seen.cpus.online)
  const cpus = online === undefined ? 'CPUs not known' : `${online.size} CPUs online`
  const samples =
    seen.elapsedSeconds === undefined
      ? 'one sample only, so rates and moves are not known'
      : `two samples ${seen.elapsedSeconds} s apart`
  const body = [
    verdictPart(diagnosis),
    findingsPart(diagnosis),
    '<h2 id="machine">The machine</h2>',
    machinePart(seen),
    '<h2 id="irqs">The irqs</h2>',
    '<noscript><p>The irqs are drawn by the script of this page; the findings above do without it.</p></noscript>',
    '<form class="filter" id="filter" role="search" hidden></form>',
    '<div id="legend"></div>',
    '<div id="lanes"></div>',
    '<p id="shown" class="soft" aria-live="polite"></p>',
  ].join('\n')
  return pageHtml({
    title: `Diagnosis of ${what}`,
    lead: `Linux ${seen.releaseText ?? 'of an unknown release'}, ${cpus}, ${inUse(diagnosis)} irqs in use; ${samples}, taken ${seen.takenAt.replace('T', ' ').replace(/:\d\d(?:\.\d+)?Z$/, ' UTC')}.`,
    body,
    styles: ['diagnosis.css'],
    libraries: [],
    script: 'page/diagnosis.ts',
    data: new Map(),
    json: new Map([['diagnosis', diagnosisJsonPieces(diagnosis)]]),
  })
}

function inUse({ seen }: Diagnosis): number {
  return seen.irqs.filter(({ action }) => action !== '').length
}

/** The first ten seconds: is it the kernel, is it the setup, is it nothing? */
function verdictPart(diagnosis: Diagnosis): string {
  const { findings, irqs } = diagnosis
  const of = (weight: Weight) => findings.filter(({ name }) => FINDINGS[name] === weight)
  const concerned = new Set([...of('bug'), ...of('off')].map(({ irq }) => irq).filter(Boolean)).size
  const fired = irqs.filter((irq) => (irq.fired?.total ?? 0) > 0).length
  const hasTwo = irqs.some((irq) => irq.fired !== undefined)
  const [tone, words] =
    of('bug').length > 0
      ? ['bug', 'The kernel did not do what it must']
      : of('off').length > 0
        ? ['off', 'Something is off; no bug of the kernel was seen']
        : ['good', `Nothing is off with the ${inUse(diagnosis)} irqs in use`]
  const tiles: readonly (readonly [string, string, string])[] = [
    ['bug', String(of('bug').length), of('bug').length === 1 ? 'bug of the kernel' : 'bugs of the kernel'],
    ['off', String(of('off').length), of('off').length === 1 ? 'thing is off' : 'things are off'],
    ['note', String(of('note').length), of('note').length === 1 ? 'note' : 'notes'],
    ['plain', `${concerned} of ${inUse(diagnosis)}`, 'irqs concerned'],
    ['plain', hasTwo ? String(fired) : '?', 'irqs fired between the samples'],
  ]
  const items = tiles.map(
    ([kind, number, text]) =>
      `<li class="tile ${number === '0' && kind !== 'plain' ? 'plain' : kind}"><span class="count">${number}</span> <span class="meaning">${text}</span></li>`,
  )
  return `<h2 class="verdict ${tone}">${escapeHtml(words)}</h2>\n<ul class="tiles">${items.join('')}</ul>`
}
