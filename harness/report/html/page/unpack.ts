/** The data of one run, unpacked when it is opened: base64 of deflated JSON in an element of the page. */
import type { RunData } from '../report-data.ts'

/** Rejects when the page has no such run, or when the browser is older than DecompressionStream (2023). */
export async function unpackRun(at: number): Promise<RunData> {
  const text = document.getElementById(`data-${at}`)?.textContent
  if (text === undefined || text === null) throw new Error(`this page has no run ${at}`)
  const bytes = Uint8Array.from(atob(JSON.parse(text) as string), (sign) => sign.codePointAt(0) ?? 0)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return JSON.parse(await new Response(stream).text()) as RunData
}
