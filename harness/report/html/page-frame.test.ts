import { createHash } from 'node:crypto'
import t from 'tap'
import { pageHtml } from './page-frame.ts'

const page = pageHtml({
  title: '<b> & "title"',
  lead: 'lead </header>',
  body: '<p id="body">body</p>',
  styles: ['report.css'],
  libraries: ['d3-scale', 'd3-selection', 'd3-axis'],
  script: 'page/report.ts',
  data: new Map([['data-0', { text: '</script><!-- <script>' }]]),
})
const elements = [...page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(
  ([, attributes = '', text = '']) => ({
    attributes,
    text,
  }),
)

await t.test('text stays text, and data stays data', async (t) => {
  t.match(page, '<title>&lt;b&gt; &amp; &quot;title&quot;</title>')
  t.match(page, 'lead &lt;/header&gt;')
  const [data] = elements
  t.match(data?.attributes, 'application/json')
  t.same(JSON.parse(data?.text ?? ''), { text: '</script><!-- <script>' })
})

await t.test('only the scripts of the page may run: the policy names each by its digest', async (t) => {
  const scripts = elements.filter(({ attributes }) => !attributes.includes('json'))
  t.equal(scripts.length, 2)
  for (const { text } of scripts)
    t.match(page, `'sha256-${createHash('sha256').update(text).digest('base64')}'`.replaceAll("'", '&#39;'))
  t.match(page, 'default-src &#39;none&#39;')
})

await t.test('nothing is asked of the network', async (t) => {
  t.notMatch(page, /<(?:link|img|iframe)\b/)
  t.notMatch(page, /\b(?:src|href)="(?!#)/)
  t.notMatch(page, /url\((?!#)/)
  t.notMatch(page, /@import/)
})

await t.test('the library is there with its licence', async (t) => {
  t.match(page, /d3-scale: Copyright/)
  t.match(page, 'Permission to use, copy, modify')
  t.ok(page.length < 200_000, `${page.length} characters without a run`)
})
