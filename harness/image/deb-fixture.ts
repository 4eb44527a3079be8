/** Makes a .deb for the tests of what reads one: with dpkg-deb, from files that the test names. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../host/shell.ts'

/** What is in the package. */
export interface DebContent {
  readonly name: string
  readonly version?: string
  readonly depends?: string
  /** By path in the package, without a slash before. */
  readonly files: Readonly<Record<string, Buffer | string>>
}

/** Writes the package to `path`. */
export async function makeDeb(
  path: string,
  { name, version = '1-1', depends, files }: DebContent,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'irqlab-deb-'))
  try {
    const control = [
      `Package: ${name}`,
      `Version: ${version}`,
      'Architecture: amd64',
      'Maintainer: nobody <nobody@example.org>',
      ...(depends === undefined ? [] : [`Depends: ${depends}`]),
      'Description: for a test',
    ]
    const all = { ...files, 'DEBIAN/control': `${control.join('\n')}\n` }
    for (const [file, content] of Object.entries(all)) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), content)
    }
    await run(['dpkg-deb', '--root-owner-group', '--build', root, path], { stage: 'test', limitMs: 30_000 })
  } finally {
    rmSync(root, { recursive: true })
  }
}
