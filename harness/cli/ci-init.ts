/** `irqlab ci init KIND`: writes what asks the kernel every night. The text of the files is beside this, in ci/. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { EXIT } from '../base/exit-codes.ts'

/** Where a night can run. */
export const CI_KINDS = ['github', 'gitlab', 'systemd'] as const
/** One of them. */
export type CiKind = (typeof CI_KINDS)[number]

/** The options of the command. */
export interface CiInitOptions {
  /** Absent: here. */
  readonly dir?: string
  /** Takes the place of files that are there. */
  readonly force?: boolean
}

const root = resolve(import.meta.dirname, '../..')
const templates = join(import.meta.dirname, 'ci')

/** By the name of the template, where its text goes below the directory. */
const FILES: Readonly<Record<CiKind, Readonly<Record<string, string>>>> = {
  github: { 'github.yml': '.github/workflows/irqlab-nightly.yml' },
  gitlab: { 'gitlab.yml': '.gitlab-ci.yml' },
  systemd: {
    'irqlab-nightly.service': 'irqlab-nightly.service',
    'irqlab-nightly.timer': 'irqlab-nightly.timer',
    'irqlab-nightly.conf': 'irqlab-nightly.conf',
  },
}

/** Writes the files and says what to do next. Throws `UsageError` when one is there already, and nothing is written then. */
export function ciInitCommand(kind: CiKind, { dir = '.', force = false }: CiInitOptions): number {
  const files = Object.entries(FILES[kind]).map(([template, path]) => ({
    path: join(resolve(dir), path),
    text: filled(readFileSync(join(templates, template), 'utf8')),
  }))
  const there = files.find(({ path }) => existsSync(path))
  if (there !== undefined && !force)
    throw new UsageError(`${there.path} is there already: --force takes its place, --dir DIR goes elsewhere`)
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
  } catch (error) {
    throw new UsageError(`--dir ${dir}: nothing can be written there: ${messageOf(error)}`)
  }
  const written = files.map(({ path }) => `wrote ${relative('.', path) || path}`)
  process.stdout.write(`${[...written, '', ...NEXT[kind](resolve(dir))].join('\n')}\n`)
  return EXIT.good
}

/** The text with what this machine knows of itself. */
function filled(template: string): string {
  const values: Readonly<Record<string, string>> = {
    IRQLAB: inUnit(root),
    NODE: inUnit(process.execPath),
    USER: 'irqlab',
    // Nothing in a home directory is needed, unless irqlab itself lies in one.
    PROTECT_HOME: [root, process.execPath].some(isInHome) ? 'read-only' : 'yes',
  }
  return template.replaceAll(/@([A-Z_]+)@/g, (whole, name: string) => values[name] ?? whole)
}

/** As a unit file takes it: `%` would begin a specifier (systemd.unit(5)). Throws `UsageError`. */
function inUnit(path: string): string {
  if (/[\s"'\\]/.test(path))
    throw new UsageError(
      `${path}: a unit file cannot name it simply: move irqlab to a path without blanks and quotes`,
    )
  return path.replaceAll('%', '%%')
}

function isInHome(path: string): boolean {
  return ['/home', '/root', '/run/user', homedir()].some(
    (home) => home !== '/' && path.startsWith(`${home}/`),
  )
}

/** What is left to do, for a person. */
const NEXT: Readonly<Record<CiKind, (dir: string) => readonly string[]>> = {
  github: () => [
    'What to do next:',
    '  1. On the machine: install a self-hosted runner as a user of its own, with the label "irqlab". That user must be in the',
    '     group kvm; `npx irqlab doctor` as that user says what else is missing.',
    '  2. Say in the file which kernels are asked, and how many machines share the night (matrix.shard and --shard).',
    '  3. Commit it to the default branch: only there a schedule counts. "Run workflow" starts it by hand.',
    '  4. Read docs/CI.md, "Security of the runner", before the repository is public.',
  ],
  gitlab: () => [
    'What to do next:',
    '  1. On the machine: register a runner with the shell executor and the tag "irqlab". Its user must be in the group kvm;',
    '     `npx irqlab doctor` as that user says what else is missing.',
    '  2. Say in the file which kernels are asked, and how many machines share the night (parallel).',
    '  3. Commit it, and make the schedule: Build, Pipeline schedules, for example 17 2 * * *.',
    '  4. Read docs/CI.md, "Security of the runner", before others can push branches.',
  ],
  systemd: (dir) => [
    'What to do next, as root:',
    '  adduser --system --group --home /var/lib/irqlab --no-create-home irqlab',
    `  cp ${join(dir, 'irqlab-nightly.service')} ${join(dir, 'irqlab-nightly.timer')} /etc/systemd/system/`,
    `  cp ${join(dir, 'irqlab-nightly.conf')} /etc/tmpfiles.d/`,
    '  systemctl daemon-reload',
    '  systemctl enable --now irqlab-nightly.timer',
    'Then try it once, without waiting for the night:',
    '  systemctl start irqlab-nightly.service; journalctl -u irqlab-nightly.service',
    'Say in the service which kernels are asked. docs/CI.md has the rest: what the sandbox allows, how long results are kept.',
    ...([root, process.execPath].some((path) => /^\/(var\/)?tmp\//.test(path))
      ? ['', `But first move irqlab: ${root} is below a /tmp that the service does not see (PrivateTmp).`]
      : []),
  ],
}
