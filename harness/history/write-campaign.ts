/** Writes what was read of campaigns into the index, each campaign whole or not at all. */
import type { DatabaseSync } from 'node:sqlite'
import { NO_MARK } from './mark.ts'
import type { CampaignFacts } from './read-campaign-facts.ts'
import type { RunFacts } from './run-facts.ts'
import { sideText } from './side-text.ts'

/** Writes to one index. All of it throws what SQLite throws, and has then written nothing. */
export interface CampaignWriter {
  write(campaigns: readonly CampaignFacts[]): void
  /** Removes campaigns by their ids. */
  remove(ids: readonly number[]): void
  /** Drops texts, lines and kernels that no run has any more. */
  tidy(): void
}

/** The writer. */
export function campaignWriter(index: DatabaseSync): CampaignWriter {
  const statement = (sql: string) => index.prepare(sql)
  const statements = {
    campaign: statement(
      `INSERT INTO campaign (name, startedMs, endedMs, endedBy, planned, marks) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET startedMs = excluded.startedMs, endedMs = excluded.endedMs,
         endedBy = excluded.endedBy, planned = excluded.planned, marks = excluded.marks
       RETURNING id`,
    ),
    noMarks: statement('UPDATE campaign SET marks = ? WHERE id = ?'),
    runs: statement('SELECT id, path FROM run WHERE campaign = ?'),
    noRun: statement('DELETE FROM run WHERE id = ?'),
    run: statement(
      `INSERT OR REPLACE INTO run (campaign, path, mark, line, kernel, seed, attempt, outcome, earlier, startedMs,
         runMs, readyMs, start, waited, reason, side) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    missed: statement('INSERT INTO missed (campaign, scenario, kernel, machine) VALUES (?, ?, ?, ?)'),
    unreadable: statement('INSERT INTO unreadable (campaign, path, why) VALUES (?, ?, ?)'),
    noMissed: statement('DELETE FROM missed WHERE campaign = ?'),
    noUnreadable: statement('DELETE FROM unreadable WHERE campaign = ?'),
    noCampaign: statement('DELETE FROM campaign WHERE id = ?'),
  }
  const lineId = remembered(
    index,
    'INSERT OR IGNORE INTO line (scenario, kernel, machine, accel, setup) VALUES (?, ?, ?, ?, ?)',
    'SELECT id FROM line WHERE scenario = ? AND kernel = ? AND machine = ? AND accel = ? AND setup = ?',
  )
  const kernelId = remembered(
    index,
    'INSERT OR IGNORE INTO kernel (sha256, release) VALUES (?, ?)',
    'SELECT id FROM kernel WHERE sha256 = ? AND release = ?',
  )
  const saidId = remembered(
    index,
    'INSERT OR IGNORE INTO said (text) VALUES (?)',
    'SELECT id FROM said WHERE text = ?',
  )
  const writeRun = (campaign: number, run: RunFacts, mark: string) => {
    const { scenario, kernel, machine, accel, setup } = run.line
    statements.run.run(
      campaign,
      run.path,
      mark,
      lineId(scenario, kernel, machine, accel, setup),
      kernelId(run.kernel.sha256, run.kernel.release),
      run.seed,
      run.attempt,
      run.outcome,
      run.earlier.join(' '),
      run.startedMs,
      rounded(run.runMs),
      rounded(run.readyMs),
      run.start ?? null,
      run.waited ?? null,
      run.outcome === 'pass' ? '' : run.reason,
      saidId(sideText(run.side)),
    )
  }
  const writeOne = (facts: CampaignFacts) => {
    const { name, startedMs, endedMs = null, endedBy = null, planned = null, places } = facts
    const row = statements.campaign.get(name, startedMs, endedMs, endedBy, planned, JSON.stringify(places))
    const id = Number(row?.['id'])
    let kept = 0
    for (const known of statements.runs.all(id)) {
      if (facts.kept.has(String(known['path']))) kept++
      else statements.noRun.run(Number(known['id']))
    }
    // What was not read again, as the index had it, has left the index meanwhile: the next question reads it.
    if (kept < facts.kept.size) statements.noMarks.run(JSON.stringify([['', NO_MARK]]), id)
    for (const [run, mark] of facts.read) writeRun(id, run, mark)
    statements.noMissed.run(id)
    for (const { scenario, kernel, machine } of facts.missed)
      statements.missed.run(id, scenario, kernel, machine)
    statements.noUnreadable.run(id)
    for (const { path, why } of facts.unreadable) statements.unreadable.run(id, path, why)
  }
  return {
    write: (campaigns) =>
      inTransaction(index, () => {
        for (const facts of campaigns) writeOne(facts)
      }),
    remove: (ids) =>
      inTransaction(index, () => {
        for (const id of ids) statements.noCampaign.run(id)
      }),
    tidy: () =>
      inTransaction(index, () => {
        index.exec('DELETE FROM said WHERE id NOT IN (SELECT side FROM run)')
        index.exec('DELETE FROM line WHERE id NOT IN (SELECT line FROM run)')
        index.exec('DELETE FROM kernel WHERE id NOT IN (SELECT kernel FROM run)')
      }),
  }
}

/** One writer at a time, all or nothing. */
function inTransaction(index: DatabaseSync, work: () => void): void {
  index.exec('BEGIN IMMEDIATE')
  try {
    work()
    index.exec('COMMIT')
  } catch (error) {
    // A full disk has SQLite end the transaction by itself.
    if (index.isTransaction) index.exec('ROLLBACK')
    throw error
  }
}

/** The id of a row that is made when it is not there. Asked anew each time: another irqlab may have tidied it away. */
function remembered(index: DatabaseSync, insert: string, select: string): (...values: string[]) => number {
  const [make, find] = [index.prepare(insert), index.prepare(select)]
  return (...values) => {
    const found = find.get(...values)
    if (found !== undefined) return Number(found['id'])
    make.run(...values)
    return Number(find.get(...values)?.['id'])
  }
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms)
}
