/** Which Linux is this source? As its Makefile says. */
import { Trouble } from '../../base/errors.ts'

/** What the first lines of a Makefile say. */
export interface SourceVersion {
  /** `6.12` */
  readonly series: string
  /** `6.12.117`, `7.0-rc3`: with what comes after the series. */
  readonly release: string
}

/** Reads the text of a Makefile. Throws lasting `Trouble` naming `where` when it is not Linux's. */
export function sourceVersion(makefile: string, where: string): SourceVersion {
  const value = (name: string) => new RegExp(`^${name}\\s*=[ \\t]*(\\S*)`, 'm').exec(makefile)?.[1] ?? ''
  const series = `${value('VERSION')}.${value('PATCHLEVEL')}`
  if (!/^\d+\.\d+$/.test(series)) {
    throw new Trouble('build.source', `${where} has no VERSION and PATCHLEVEL: it is not Linux`, {
      lasting: true,
    })
  }
  const sublevel = value('SUBLEVEL')
  return { series, release: `${series}${sublevel === '' ? '' : `.${sublevel}`}${value('EXTRAVERSION')}` }
}

/** Negative when series `a` is older than `b`: 6.2 is older than 6.12. */
export function compareReleases(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number)
  const [majorB = 0, minorB = 0] = b.split('.').map(Number)
  return majorA - majorB || minorA - minorB
}
