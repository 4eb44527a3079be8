/** How does the index keep what it has read? Its tables; a file that was made for others is never read. */

/** Part of the file's name: an irqlab that keeps something else makes a file of its own beside it. */
export const INDEX_VERSION = 1

/** In the file's head, so that nothing else is taken for an index. `irqH` in ASCII. */
export const APPLICATION_ID = 0x69727148

/**
 * Texts that most runs share, such as what their laws came to, are kept once, in `said`. Times are milliseconds of the
 * epoch. Of `marks` see history/mark.ts.
 */
export const TABLES = `
CREATE TABLE campaign (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  startedMs INTEGER NOT NULL,
  endedMs INTEGER,
  endedBy TEXT,
  planned INTEGER,
  marks TEXT NOT NULL
) STRICT;
CREATE TABLE line (
  id INTEGER PRIMARY KEY,
  scenario TEXT NOT NULL,
  kernel TEXT NOT NULL,
  machine TEXT NOT NULL,
  accel TEXT NOT NULL,
  setup TEXT NOT NULL,
  UNIQUE (scenario, kernel, machine, accel, setup)
) STRICT;
CREATE TABLE kernel (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  release TEXT NOT NULL,
  UNIQUE (sha256, release)
) STRICT;
CREATE TABLE said (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  mark TEXT NOT NULL,
  line INTEGER NOT NULL REFERENCES line (id),
  kernel INTEGER NOT NULL REFERENCES kernel (id),
  seed INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  earlier TEXT NOT NULL,
  startedMs INTEGER NOT NULL,
  runMs INTEGER,
  readyMs INTEGER,
  start TEXT,
  waited REAL,
  reason TEXT NOT NULL,
  side INTEGER NOT NULL REFERENCES said (id),
  UNIQUE (campaign, path)
) STRICT;
CREATE INDEX run_of_line ON run (line, startedMs, id, campaign, kernel, outcome, earlier, runMs);
CREATE TABLE missed (
  campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
  scenario TEXT NOT NULL,
  kernel TEXT NOT NULL,
  machine TEXT NOT NULL
) STRICT;
CREATE INDEX missed_of_campaign ON missed (campaign);
CREATE TABLE unreadable (
  campaign INTEGER NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;
CREATE INDEX unreadable_of_campaign ON unreadable (campaign);
`
