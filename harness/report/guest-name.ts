/** How is the guest of a run called in a report? Not at all where it is the micro guest; never by a path of somebody's machine. */
import { basename } from 'node:path'
import type { RunRecord } from '../record/run-record.ts'

/** `debian-full`, `debian-full,balancers=running`, `qcow2:NAME`; undefined for the micro guest. */
export function guestName({ flavour, source = flavour }: RunRecord['guest']): string | undefined {
  if (flavour === 'micro') return undefined
  const [head = '', ...settings] = source.split(',')
  const [, path] = /^qcow2:(.*)$/s.exec(head) ?? []
  const name = path === undefined ? head : `qcow2:${basename(path)}`
  // Who logged in by which key is no matter of the result.
  return [name, ...settings.filter((setting) => setting.startsWith('balancers='))].join(',')
}
