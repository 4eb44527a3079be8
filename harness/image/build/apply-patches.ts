/** What does a source look like with some patches? Answered in git's index alone: no file is touched before all apply. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../../base/errors.ts'
import { run } from '../../host/shell.ts'
import type { BuildTree } from './build-tree.ts'
import { findHunk, hasChanges, notAPatch, type PatchFile } from './patch-file.ts'
import { git, gitTry } from './tree-git.ts'

/** What the patches are put upon. */
export interface PatchBase {
  /** The name of a tree object. */
  readonly id: string
  /** In the words of a person: `Debian's 6.12.117-1`. */
  readonly called: string
  readonly alternates?: string | undefined
}

/** The name of the tree object with all patches applied, in order. Throws `UsageError` for one that does not apply. */
export async function applyPatches(
  tree: BuildTree,
  base: PatchBase,
  patches: readonly PatchFile[],
): Promise<string> {
  if (patches.length === 0) return base.id
  const place = {
    index: 'apply-index',
    ...(base.alternates === undefined ? {} : { alternates: base.alternates }),
  }
  await git(tree, ['read-tree', base.id], place)
  const work = mkdtempSync(join(tmpdir(), 'irqlab-patch-'))
  try {
    for (const patch of patches) {
      for (const diff of await diffsOf(patch, work)) {
        const words = ['apply', '--cached', '--whitespace=nowarn']
        const { ok, output } = await gitTry(tree, [...words, diff], place)
        if (ok) continue
        const { ok: isThere } = await gitTry(tree, [...words, '--check', '--reverse', diff], place)
        throw doesNotApply(patch, base, output, isThere)
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return git(tree, ['write-tree'], place)
}

/** A plain diff is given to git as it is; mail is taken apart first, because it may be encoded for the way. */
async function diffsOf(patch: PatchFile, work: string): Promise<readonly string[]> {
  if (!patch.isMail) {
    const file = join(work, 'diff')
    writeFileSync(file, patch.content)
    return [file]
  }
  const mails = mkdtempSync(join(work, 'mails-'))
  const options = { stage: 'build.patch', limitMs: 60_000, cwd: mails }
  await run(['git', 'mailsplit', '-b', `-o${mails}`, '--', patch.path], options)
  const diffs: string[] = []
  for (const mail of readdirSync(mails).sort()) {
    const diff = join(mails, `${mail}.diff`)
    // By the shell: what goes through us as text would have to be of one encoding.
    const script = 'exec git mailinfo "$1.msg" "$2" <"$1"'
    await run(['sh', '-c', script, 'sh', join(mails, mail), diff], { ...options, called: 'git mailinfo' })
    // A cover letter, or a remark in the thread.
    if (hasChanges(readFileSync(diff, 'latin1'))) diffs.push(diff)
  }
  if (diffs.length === 0) throw notAPatch(patch.path, patch.content)
  return diffs
}

function doesNotApply(patch: PatchFile, base: PatchBase, output: string, isThere: boolean): UsageError {
  const refusal = (what: string) => new UsageError(`--patch ${patch.path}: ${what}`)
  if (isThere) return refusal(`it is already in ${base.called}`)
  const [, file = '', line = ''] = /^error: patch failed: (.+):(\d+)$/m.exec(output) ?? []
  if (file !== '') {
    const hunk = findHunk(patch, file, Number(line))
    const where =
      hunk === undefined ? 'a hunk' : `hunk ${hunk.number} of ${hunk.of} (line ${hunk.line} of the patch)`
    return refusal(`${where} does not apply to ${file}:${line} of ${base.called}`)
  }
  const corrupt = /^error: corrupt patch at (?:.*:|line )(\d+)$/m.exec(output)?.[1]
  if (corrupt !== undefined) return refusal(`it is damaged at line ${corrupt} (or lines were cut or wrapped)`)
  const absent = /^error: (.+): (?:does not exist in index|No such file or directory)$/m.exec(output)?.[1]
  if (absent !== undefined)
    return refusal(`${base.called} has no file ${absent} (paths need a/ and b/ before them)`)
  const first = output.split('\n').find((text) => text.startsWith('error: '))
  return refusal(`it does not apply to ${base.called}: ${(first ?? output).replace(/^error: /, '')}`)
}
