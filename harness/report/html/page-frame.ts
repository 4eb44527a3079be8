/** One self-contained page: title, styles, data and scripts become a single HTML file that asks the network for nothing. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { escapeHtml } from './escape.ts'
import { libraryScripts, type LibraryName } from './libraries.ts'
import { pageScript } from './page-script.ts'

/** What one page is made of. */
export interface Page {
  /** Of the window and of the heading. Plain text. */
  readonly title: string
  /** One plain sentence below the heading. */
  readonly lead: string
  /** HTML: whoever makes it has escaped what is in it. */
  readonly body: string
  /** Style sheets beside those of every page: files in this folder. */
  readonly styles: readonly string[]
  /** What draws, inlined from the published bundles; what each needs comes with it. */
  readonly libraries: readonly LibraryName[]
  /** The script that starts: a file in this folder, `page/report.ts`. */
  readonly script: string
  /** Found by the script as the JSON of the element with this id. */
  readonly data: ReadonlyMap<string, unknown>
  /** The same of what is JSON already, in pieces: a large value need not be in memory whole. */
  readonly json?: ReadonlyMap<string, readonly string[]>
}

/** Styles of every page: colours in both schemes, type, the frame. */
const BASE_STYLE = 'page.css'

/** The whole file. Its own policy forbids every request and every script that is not in it. */
export function pageHtml(page: Page): string {
  const scripts = [...libraryScripts(page.libraries), pageScript(page.script)].map(withoutScriptEnd)
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ')}`,
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const styles = [BASE_STYLE, ...page.styles].map((file) =>
    readFileSync(new URL(file, import.meta.url), 'utf8'),
  )
  const title = escapeHtml(page.title)
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${title}</title>`,
    `<style>\n${styles.join('\n')}</style>`,
    '</head>',
    '<body>',
    '<a class="skip-link" href="#main">To the results</a>',
    '<header class="page-head">',
    '<p class="brand">irqlab</p>',
    '<button type="button" id="scheme" class="quiet" hidden></button>',
    `<h1>${title}</h1>`,
    `<p class="lead">${escapeHtml(page.lead)}</p>`,
    '</header>',
    '<main id="main" tabindex="-1">',
    page.body,
    '</main>',
    ...[...page.data].map(([id, value]) => jsonElement(id, [JSON.stringify(value)])),
    ...[...(page.json ?? [])].map(([id, pieces]) => jsonElement(id, pieces)),
    ...scripts.map((text, at) => {
      // The libraries wait for nothing; the page's own script is a module and runs last.
      const kind = at === scripts.length - 1 ? ' type="module"' : ''
      return `<script${kind}>${text}</script>`
    }),
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** JSON that no HTML parser takes for an end of its element. */
function jsonElement(id: string, pieces: readonly string[]): string {
  const text = pieces.map((piece) => piece.replaceAll('<', String.raw`\u003c`)).join('')
  return `<script type="application/json" id="${escapeHtml(id)}">${text}</script>`
}

/** Throws when a script of ours or of a library holds what would end its element. */
function withoutScriptEnd(text: string): string {
  if (/<\/script|<!--/i.test(text)) throw new Error('a script of the page would end its own element')
  return `\n${text}`
}
