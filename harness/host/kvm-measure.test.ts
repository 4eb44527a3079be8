import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Scope } from '../base/scope.ts'
import { measureCounts } from './kvm-measure.ts'
import { proofCounts } from './kvm-proof-rom.ts'
import { findQemu } from './qemu-binary.ts'
import { makeWorkdir } from './workdir.ts'

const limits = { cpuMs: 1000, wallMs: 1500 }

await t.test('under TCG the ROM ends far within the limit: ROM, exit and measure are right', async (t) => {
  const { path } = await findQemu()
  t.match(await measureCounts(path, 'tcg', limits), { finished: true, counts: proofCounts })
})

await t.test('a try that is cut off says how far it came', async (t) => {
  const { path } = await findQemu()
  const measure = await measureCounts(path, 'tcg', { cpuMs: 1000, wallMs: 0 })
  if ('refused' in measure) t.fail(measure.refused)
  else t.ok(measure.finished ? measure.counts === proofCounts : measure.counts < proofCounts)
})

await t.test('a QEMU that refuses is quoted, without its warnings; one that says nothing too', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const fake = join(await makeWorkdir(scope), 'qemu')
  const says = (script: string): void => {
    writeFileSync(fake, `#!/bin/sh\n${script}\n`)
    chmodSync(fake, 0o755)
  }
  says(
    'echo "qemu-system-x86_64: warning: odd" >&2; echo "qemu-system-x86_64: failed to initialize kvm" >&2; exit 1',
  )
  t.same(await measureCounts(fake, 'kvm', limits), { refused: 'failed to initialize kvm' })
  says('exit 5')
  t.same(await measureCounts(fake, 'kvm', limits), { refused: 'QEMU ended with status 5 and no message' })
})
