/** The findings of a diagnosis on its page: a card a kind, the most important first, each with what it rests on and what to do. */
import { kernelPath } from '../../irq/about/kernel-path.ts'
import { ABOUT_FINDINGS } from '../../diagnose/about-findings.ts'
import type { Diagnosis } from '../../diagnose/diagnose.ts'
import { type Finding, type FindingEvidence, type FindingName, FINDINGS } from '../../diagnose/finding.ts'
import { placeOf } from '../explanation.ts'
import { escapeHtml } from './escape.ts'

/** Of one kind; a machine with 4,000 irqs has the same trouble 500 times. */
const TOLD_MAX = 4
const LINKED_MAX = 60

const WEIGHT_BADGE = { bug: '✗ bug', off: '! off', note: 'note' } as const

/** HTML. */
export function findingsPart({ findings }: Diagnosis): string {
  const kinds = [...new Set(findings.map(({ name }) => name))]
  return kinds
    .map((name) =>
      card(
        name,
        findings.filter((finding) => finding.name === name),
      ),
    )
    .join('\n')
}

function card(name: FindingName, group: readonly Finding[]): string {
  const weight = FINDINGS[name]
  const { says, matters, look, path, shownBy } = ABOUT_FINDINGS[name]
  const law = group.find((finding) => finding.law !== undefined)?.law
  const count =
    group.length === 1 ? '' : `, ${group.length} ${group[0]?.irq === undefined ? 'times' : 'irqs'}`
  const told = group.slice(0, TOLD_MAX)
  return [
    `<section class="card ${weight}" id="finding-${name}">`,
    `<h3><span class="badge">${WEIGHT_BADGE[weight]}</span> ${escapeHtml(says)}</h3>`,
    `<p class="soft small"><code>${name}</code>${count}${law === undefined ? '' : `; the law <code>${law}</code>`}</p>`,
    `<ul class="told">${told.map((finding, at) => item(finding, at === 0 && weight !== 'note')).join('')}</ul>`,
    rest(group.slice(TOLD_MAX)),
    '<details><summary>Why it matters, and what to do</summary>',
    `<p>${withCode(matters)}</p>`,
    `<ul>${look.map((words) => `<li>${withCode(words)}</li>`).join('')}</ul>`,
    `<p class="soft small">In the kernel: ${kernelPath(path)
      .map((step) => `<code>${escapeHtml(placeOf(step))}</code>`)
      .join(', ')}.</p>`,
    `<p class="soft small">More: <code>irqlab explain ${name}</code>. Shown by <code>irqlab run ${shownBy.join(' ')}</code>.</p>`,
    '</details></section>',
  ].join('')
}

function item({ irq, sentence, evidence }: Finding, open: boolean): string {
  const words = escapeHtml(sentence)
  // The number at its beginning leads to the lane.
  const linked =
    irq === undefined ? words : words.replace(`irq ${irq}`, `<a href="#irq-${irq}">irq ${irq}</a>`)
  return `<li><span class="sentence">${linked}</span><details${open ? ' open' : ''}><summary>What the files said</summary>${evidenceTable(evidence)}</details></li>`
}

function evidenceTable(evidence: readonly FindingEvidence[]): string {
  const rows = evidence.map(
    ({ file, value }) => `<dt><code>${escapeHtml(file)}</code></dt><dd>${escapeHtml(value)}</dd>`,
  )
  return `<dl class="pairs">${rows.join('')}</dl>`
}

function rest(findings: readonly Finding[]): string {
  if (findings.length === 0) return ''
  const irqs = findings.map(({ irq }) => irq).filter((irq) => irq !== undefined)
  const links = irqs.slice(0, LINKED_MAX).map((irq) => `<a href="#irq-${irq}">${irq}</a>`)
  const more =
    irqs.length > LINKED_MAX ? ` … and ${irqs.length - LINKED_MAX}, which the filter below finds` : ''
  return `<p>The same of ${findings.length} more${links.length === 0 ? '' : ` irqs: <span class="links">${links.join(' ')}</span>${more}`}.</p>`
}

/** Text in which `backticks` are code. */
function withCode(text: string): string {
  return text
    .split(/`([^`]*)`/)
    .map((part, at) => (at % 2 === 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part)))
    .join('')
}
