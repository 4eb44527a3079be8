import { Script } from 'node:vm'
import t from 'tap'
import { type Diagnosis, diagnose } from '../../diagnose/diagnose.ts'
import { doctoredCapture } from '../../diagnose/doctored-capture-fixture.ts'
import { observe } from '../../diagnose/observe.ts'
import { diagnosisJsonPieces } from './diagnosis-data.ts'
import { muchIsOff, NASTY } from './diagnosis-fixture.ts'
import { diagnosisPage } from './diagnosis-page.ts'
import type { DiagnosisData } from './irq-data.ts'
import { pageScript } from './page-script.ts'

/** What the page's script reads. */
function diagnosisData(diagnosis: Diagnosis): DiagnosisData {
  return JSON.parse(diagnosisJsonPieces(diagnosis).join('')) as DiagnosisData
}

await t.test('what is off comes first, with its evidence; no text of a machine is markup', async (t) => {
  const page = diagnosisPage(muchIsOff(), `host ${NASTY}`)
  t.match(page, /<h2 class="verdict bug">The kernel did not do what it must<\/h2>/)
  const cards = [...page.matchAll(/id="finding-([\w-]+)"/g)].map(([, name]) => name)
  t.equal(cards[0], 'pending-though-firing')
  t.same(cards.slice(-3), ['balancer-present', 'managed-on-isolated-cpu', 'no-remapping'], 'notes last')
  t.match(page, /irq 24<\/a> \(virtio0-input\.0\): CPU 2 requested, effective is still CPU 0/)
  t.match(page, /<code>\/proc\/irq\/24\/smp_affinity_list<\/code><\/dt><dd>2, in both samples/)
  t.match(page, /<code>irqlab explain pending-though-firing<\/code>/)
  t.match(page, /CPUs 0-2 online; 2 set apart; 3 offline/)
  t.notMatch(page, NASTY)
})

await t.test('a quiet machine', async (t) => {
  const page = diagnosisPage(diagnose(observe(doctoredCapture())), 'host')
  t.match(page, /<h2 class="verdict good">Nothing is off with the 4 irqs in use<\/h2>/)
})

await t.test('what the lanes are drawn from', async (t) => {
  const { columns, offline, isolated, irqs, whys } = diagnosisData(muchIsOff())
  t.match({ columns, offline, isolated }, { columns: 4, offline: '3', isolated: '2' })
  const of = (number: number) => irqs.find(({ irq }) => irq === number)
  t.match(of(24), {
    requested: { now: '2' },
    effective: { now: '0' },
    fired: { total: 1_234_567, on: [[0, 1_234_567]] },
    findings: [{ name: 'pending-though-firing', weight: 'bug' }],
  })
  t.same(of(25)?.effective, { now: '1', before: '0' }, 'a move')
  t.equal(of(24)?.chip, 'PCI-MSIX', 'without the address of its device')
  t.match(whys[of(28)?.why ?? -1], /lets the kernel place it/)
  t.notOk('hint' in (of(24) ?? {}), 'what is absent takes no room')
})

await t.test('an irq that is counted everywhere, and a trouble that all have, stay small', async (t) => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [24 + at, { requested: '2', effective: '0' }]),
  )
  const { irqs } = diagnosisData(diagnose(observe(doctoredCapture({ irqs: many }))))
  const told = irqs.filter(({ findings }) => findings?.[0]?.sentence !== undefined)
  t.equal(told.length, 200)
  t.equal(irqs.filter(({ findings }) => findings?.[0]?.name === 'pending-and-quiet').length, 300)
})

await t.test('its script: no name at the top of two files', async (t) => {
  const text = pageScript('page/diagnosis.ts')
  t.doesNotThrow(() => new Script(`'use strict'; (() => { ${text}\n})`))
  const names = [...text.matchAll(/^(?:async )?(?:function|const|let|class) ([\w$]+)/gm)].map(
    ([, name]) => name,
  )
  t.same(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  )
})
