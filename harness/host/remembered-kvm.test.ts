import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Scope } from '../base/scope.ts'
import { chooseAccelerator } from './accelerator.ts'
import { FakeMemory } from './memory-fixture.ts'
import { findQemu } from './qemu-binary.ts'
import { rememberedProof } from './remembered-kvm.ts'
import { makeWorkdir } from './workdir.ts'

const scope = new Scope()
t.teardown(() => scope.end())
const dir = await makeWorkdir(scope)
const real = await findQemu({ PATH: process.env['PATH'] })

/** Runs the proof on TCG: a KVM that works, on any host. */
const onTcg = `for a do shift; set -- "$@" "$(echo "$a" | sed 's/^kvm$/tcg/')"; done\nexec ${real.path} "$@"`
const working = { ...real, path: program('working', onTcg) }
/** Stands for /dev/kvm: can be opened, and has an identity. */
const device = program('device', '')

function program(name: string, script: string): string {
  const path = join(dir, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

await t.test('a KVM that was proved is believed until something changes', async (t) => {
  const memory = new FakeMemory()
  const first = await rememberedProof(working, memory, device)
  t.match(first, { usable: true, measured: { finished: true } })
  t.equal(first.provenAt, undefined)

  program('working', 'echo "counted again" >&2; exit 1')
  t.match(await rememberedProof(working, memory, device), { ...first, provenAt: '2026-01-02T03:04:05Z' })

  const again = { usable: false, kind: 'refused', reason: /counted again/ }
  t.match(await rememberedProof({ ...working, sha256: 'another' }, memory, device), again, 'another build')
  chmodSync(device, 0o700)
  t.match(await rememberedProof(working, memory, device), again, 'the device has changed')
  t.equal(memory.kept.size, 1, 'a refusal is not kept')
})

await t.test('what is kept for long is a KVM that is usable, or slow', async (t) => {
  const memory = new FakeMemory()
  const slow = {
    usable: false,
    kind: 'slow',
    reason: 'it only emulates',
    remedy: 'old words',
    measured: measured(false),
  }
  const keepInstead = (value: unknown) => {
    for (const kept of memory.kept.values()) kept.value = value
  }
  program('working', onTcg)
  await rememberedProof(working, memory, device)
  program('working', 'echo "counted again" >&2; exit 1')

  keepInstead(slow)
  t.match(await rememberedProof(working, memory, device), {
    kind: 'slow',
    reason: 'it only emulates',
    remedy: /bare-metal/,
    provenAt: /./,
  })
  for (const damaged of [
    null,
    7,
    {},
    { usable: true },
    { ...slow, kind: 'starved' },
    { ...slow, measured: 1 },
  ]) {
    keepInstead(damaged)
    t.match(await rememberedProof(working, memory, device), { kind: 'refused' }, JSON.stringify(damaged))
  }
  t.match(await rememberedProof(working, memory, join(dir, 'none')), { kind: 'missing' })
})

await t.test('the reason says that it was found before, and when; kvm does not fall back', async (t) => {
  const at = { keptAt: '2026-01-02T03:04:05Z' }
  const slow = { usable: false, kind: 'slow', reason: 'it only emulates', measured: measured(false) }
  const remembering = (value: unknown) => ({ recall: () => ({ value, ...at }), keep: () => undefined })
  // Without a device there is nothing to remember.
  const here = await rememberedProof(real, remembering(slow))
  if (here.provenAt === undefined) return
  const when = /\(found at 2026-01-02T03:04:05Z, in this boot of the host\)$/
  t.match(await chooseAccelerator('auto', real, remembering(slow)), { name: 'tcg', reason: when })
  t.match(await chooseAccelerator('kvm', real, remembering({ usable: true, measured: measured(true) })), {
    name: 'kvm',
    reason: when,
  })
  await t.rejects(chooseAccelerator('kvm', real, remembering(slow)), { message: when, lasting: true })
})

function measured(finished: boolean) {
  return { finished, counts: 5, cpuMs: 10, wallMs: 11.5 }
}
