import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Trouble } from '../base/errors.ts'
import { Scope } from '../base/scope.ts'
import { chooseAccelerator } from './accelerator.ts'
import { makeWorkdir } from './workdir.ts'

const version = { major: 7, minor: 2, micro: 0, text: '' }

await t.test('tcg asks nothing, auto falls back and says why, kvm never falls back', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const path = join(await makeWorkdir(scope), 'qemu')
  writeFileSync(path, '#!/bin/sh\necho "no KVM in this fake" >&2\nexit 1\n')
  chmodSync(path, 0o755)
  const qemu = { path, version, sha256: '' }

  t.same(await chooseAccelerator('tcg', { ...qemu, path: '/nowhere' }), {
    name: 'tcg',
    reason: 'TCG was asked for',
  })
  const chosen = await chooseAccelerator('auto', qemu)
  t.match(chosen, { name: 'tcg', reason: /^no usable KVM: ./, proof: { usable: false } })
  const thrown = await chooseAccelerator('kvm', qemu).catch((error: unknown) => error)
  t.ok(thrown instanceof Trouble)
  t.match(thrown, { stage: 'host.accelerator', lasting: true, hint: /./ })
})
