/**
 * The toy is no kernel: here Debian's 6.12 is unpacked, patched, configured, and kernel/irq and the APIC code are compiled, then
 * again with another patch. Needs the network once, and no guest; it is among the slow tests for its time (two minutes).
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildPackages, ensurePackages } from '../../host/packages.ts'
import { openCache } from '../cache.ts'
import { applyPatches } from './apply-patches.ts'
import { withTree } from './build-tree.ts'
import { fragmentPath, readFragment } from './config-fragment.ts'
import { debianSourceVersion, debianTree, debianTreeId } from './debian-tree.ts'
import { compile, configure } from './make-kernel.ts'
import { readPatchFile } from './patch-file.ts'
import { recover } from './recover.ts'
import { sourceVersion } from './source-version.ts'
import { checkOut, git } from './tree-git.ts'

await t.test('one changed file of kernel/irq is one compiled file', async (t) => {
  const report = (line: string) => t.comment(line)
  await ensurePackages(report, buildPackages)
  const cache = openCache()
  const base = {
    kind: 'debian-source',
    text: 'debian-source:6.12',
    series: '6.12',
    version: undefined,
  } as const
  const version = await debianSourceVersion(base, cache, report)
  const tree = await debianTree(base, version, cache, report)
  const dir = t.testdir()
  await withTree(tree, report, async () => {
    await recover(tree)
    const source = { id: debianTreeId(tree), called: version }
    // Made of the source itself, so that it applies to whatever version is the newest.
    const file = 'kernel/irq/migration.c'
    const text = await git(tree, ['show', `${source.id}:${file}`])
    const patch = (name: string, line: string) => {
      const [first = '', ...next] = text.split('\n').slice(0, 4)
      const path = join(dir, name)
      const hunk = [` ${first}`, `+${line}`, ...next.map((one) => ` ${one}`)].join('\n')
      writeFileSync(path, `--- a/${file}\n+++ b/${file}\n@@ -1,4 +1,5 @@\n${hunk}\n`)
      return readPatchFile(path)
    }
    const compiled = async (name: string, line: string) => {
      await checkOut(tree, await applyPatches(tree, source, [patch(name, line)]))
      const makefile = readFileSync(join(tree.src, 'Makefile'), 'utf8')
      const wanted = readFragment(fragmentPath, sourceVersion(makefile, tree.src))
      await configure(tree, wanted, 'the same each time', version)
      await compile(tree, () => undefined, ['kernel/irq/', 'arch/x86/kernel/apic/'])
      const log = readFileSync(tree.log, 'utf8')
      return [...log.matchAll(/^ {2}CC {6}(\S+)/gm)].map(([, object = '']) => object)
    }
    const stamp = Date.now()
    await compiled('first.patch', `int irqlab_test_${stamp}_1;`)
    t.match(readFileSync(join(tree.src, file), 'utf8'), `irqlab_test_${stamp}_1`)
    const again = await compiled('second.patch', `int irqlab_test_${stamp}_2;`)
    const ofTheTree = again.filter((object) => /^(kernel|arch)\//.test(object))
    t.same(ofTheTree, ['kernel/irq/migration.o'], `of ${again.length} compiled: ${again.join(' ')}`)
    t.same(await compiled('second.patch', `int irqlab_test_${stamp}_2;`), [])
  })
})
