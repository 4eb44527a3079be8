/** How is a bundle packed? The same files give the same bytes: sorted, without owner, time or order of a file system. */
import { chmodSync, copyFileSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { create } from 'tar'
import { messageOf, Trouble } from '../base/errors.ts'
import type { BundleFile } from './bundle-files.ts'

/** Writes `<name>/...` as a gzipped tar archive to `output`, which must not be there. Throws `Trouble`. */
export async function writeTarball(
  output: string,
  name: string,
  files: readonly BundleFile[],
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'irqlab-bundle-'))
  try {
    const paths = files.map(({ path }) => `${name}/${path}`).sort()
    for (const { path, content, executable } of files) {
      const file = join(work, name, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      // Whatever the umask is.
      chmodSync(file, executable ? 0o755 : 0o644)
    }
    const options = { cwd: work, gzip: true, portable: true, mtime: new Date(0), noDirRecurse: true }
    const packed = join(work, 'packed.tar.gz')
    await create({ ...options, file: packed }, paths)
    copyFileSync(packed, output, constants.COPYFILE_EXCL)
  } catch (error) {
    throw new Trouble('bundle', `${output} cannot be written: ${messageOf(error)}`, { cause: error })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
