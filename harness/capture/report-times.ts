/** When was a stranger's report taken, and how far apart are its two looks at the counters? */
import { linesOf, type Machine } from './machine.ts'

/** ISO time of the report: what `date` said in it, else when the newest of its files was written, else the beginning of time. */
export function takenAt(machine: Machine): string {
  const said = [machine.files.get('command/date_--utc'), machine.files.get('command/date')]
    .map((text) =>
      /^\w{3} (\w{3} +\d+ [\d:]{8}(?: [AP]M)?) UTC (\d{4})$/m.exec(text?.toString('latin1') ?? ''),
    )
    .find((match) => match !== null)
  const ms = said === undefined || said === null ? Number.NaN : Date.parse(`${said[1]} ${said[2]} UTC`)
  return new Date(Number.isNaN(ms) ? (machine.newestMs ?? 0) : ms).toISOString()
}

/**
 * Seconds from the reading of /proc/interrupts to that of /proc/stat, negative when that came first: sosreport's own log has a line for each
 * file that it copies (3.0 and later). Undefined where it has not.
 */
export function secondsToStat({ files }: Machine): number | undefined {
  const times = new Map<string, number>()
  for (const line of linesOf(files.get('sos_logs/sos.log'))) {
    const [, day, time, ms, path] =
      /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3}) .*(?:collecting|copying) path '(\/proc\/(?:interrupts|stat))'/.exec(
        line,
      ) ?? []
    if (path !== undefined && !times.has(path)) times.set(path, Date.parse(`${day}T${time}.${ms}Z`) / 1000)
  }
  const [counters, stat] = [times.get('/proc/interrupts'), times.get('/proc/stat')]
  return counters === undefined || stat === undefined ? undefined : Math.round((stat - counters) * 100) / 100
}
