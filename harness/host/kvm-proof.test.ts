import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Scope } from '../base/scope.ts'
import { proofCounts } from './kvm-proof-rom.ts'
import { judge, proveKvm, refusal } from './kvm-proof.ts'
import { findQemu } from './qemu-binary.ts'
import { makeWorkdir } from './workdir.ts'

await t.test('this host has an answer in under three seconds, and it rests on a measure', async (t) => {
  const { path } = await findQemu()
  const startedAt = performance.now()
  const proof = await proveKvm(path)
  t.ok(performance.now() - startedAt < 3000)
  if (proof.usable) t.equal(proof.measured.finished, true)
  else t.match(proof, { kind: /^(missing|permission|busy|slow|refused|starved)$/, reason: /./, remedy: /./ })
})

await t.test('no device, no driver and another holder are told apart', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const fake = join(await makeWorkdir(scope), 'qemu')
  const busy = 'ioctl(KVM_CREATE_VM) failed: 16 Device or resource busy'
  writeFileSync(fake, `#!/bin/sh\necho "${busy}" >&2\nexit 1\n`)
  chmodSync(fake, 0o755)
  t.match(await proveKvm('/nowhere', '/dev/no-kvm'), { usable: false, kind: 'missing', remedy: /modprobe/ })
  t.match(await proveKvm('/nowhere', '/'), { usable: false, kind: 'missing', reason: /EISDIR/ })
  t.match(await proveKvm(fake, '/dev/null'), {
    usable: false,
    kind: 'busy',
    reason: new RegExp(busy.slice(-23)),
  })
})

await t.test('what QEMU says', async (t) => {
  t.match(refusal('Could not access KVM kernel module: Permission denied'), {
    kind: 'permission',
    remedy: /usermod/,
  })
  t.match(refusal('failed to set MSR 0x10a to 0x69'), { kind: 'refused', reason: /MSR 0x10a/ })
})

await t.test('verdicts over a measure', async (t) => {
  const base = { finished: false, counts: proofCounts / 2, cpuMs: 1000, wallMs: 1010 }
  t.match(judge({ ...base, finished: true, counts: proofCounts, cpuMs: 0 }), { usable: true })
  t.match(judge(base), { usable: false, kind: 'slow', reason: /2\.0 million instructions per second/ })
  t.match(judge({ ...base, cpuMs: 20, counts: 0, wallMs: 1500 }), {
    kind: 'starved',
    reason: /20 ms of CPU time in 1500 ms/,
  })
  t.match(
    judge({ ...base, cpuMs: 300, wallMs: 1500 }),
    { usable: true },
    'fast enough for its time, on a busy host',
  )
  t.match(
    judge({ ...base, cpuMs: 300, counts: proofCounts / 8 }),
    { kind: 'slow' },
    'a busy host excuses nothing',
  )
})
