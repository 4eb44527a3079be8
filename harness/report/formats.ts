/** Which code makes which report? Loaded only when it is asked for. */
import type { ReportFormat } from './format.ts'

const FORMATS = {
  pretty: async () => (await import('./pretty-report.ts')).prettyReport,
  plain: async () => (await import('./pretty-report.ts')).plainReport,
  tap: async () => (await import('./tap-report.ts')).tapReport,
  ktap: async () => (await import('./ktap-report.ts')).ktapReport,
  junit: async () => (await import('./junit-report.ts')).junitReport,
  github: async () => (await import('./github-report.ts')).githubReport,
  jsonl: async () => (await import('./jsonl-report.ts')).jsonlReport,
  kcidb: async () => (await import('./kcidb-report.ts')).kcidbReport,
  html: async () => (await import('./html/html-report.ts')).htmlFormat,
} as const satisfies Readonly<Record<string, () => Promise<ReportFormat>>>

/** A format, as `--reporter` knows it. */
export type ReportKind = keyof typeof FORMATS

/** All of them. */
export const REPORT_KINDS = Object.keys(FORMATS) as readonly ReportKind[]

/** The format. */
export function formatOf(kind: ReportKind): Promise<ReportFormat> {
  return FORMATS[kind]()
}
