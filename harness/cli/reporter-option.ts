/** What does `--reporter KIND[=FILE]` ask for? */
import { resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { REPORT_KINDS, type ReportKind } from '../report/formats.ts'
import { closest } from './closest.ts'

/** One value of `--reporter`. Throws `UsageError` for a kind that there is not. */
export function parseReporter(text: string): { readonly kind: ReportKind; readonly file?: string } {
  const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
  const kind = REPORT_KINDS.find((one) => one === name)
  if (kind === undefined) {
    throw new UsageError(
      `--reporter ${JSON.stringify(text)}: no such reporter${closest(name, REPORT_KINDS)}; there are ${REPORT_KINDS.join(', ')}`,
    )
  }
  if (file === '' || (file !== undefined && /\p{Cc}/u.test(file)))
    throw new UsageError(`--reporter ${JSON.stringify(text)}: give the name of a file behind the =`)
  return { kind, ...(file === undefined ? {} : { file: resolve(file) }) }
}
