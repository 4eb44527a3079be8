import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Scope } from '../base/scope.ts'
import { FakeMemory } from './memory-fixture.ts'
import { findQemu, parseQemuVersion } from './qemu-binary.ts'
import { makeWorkdir } from './workdir.ts'

await t.test('the installed QEMU is found with version and digest', async (t) => {
  const qemu = await findQemu()
  t.match(qemu.path, /^\/.*qemu-system-x86_64/)
  t.ok(qemu.version.major >= 5)
  t.match(qemu.sha256, /^[0-9a-f]{64}$/)
})

await t.test('IRQLAB_QEMU comes first, as a path or as a name; PATH skips what is no program', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const dir = await makeWorkdir(scope)
  const path = join(dir, 'my-qemu')
  writeFileSync(path, '#!/bin/sh\necho "QEMU emulator version 10.0.2 (mine)"\n')
  chmodSync(path, 0o755)
  mkdirSync(join(dir, 'a', 'my-qemu'), { recursive: true })
  const PATH = `${join(dir, 'a')}:${dir}:${process.env['PATH']}`
  for (const wanted of [path, 'my-qemu']) {
    t.match(await findQemu({ IRQLAB_QEMU: wanted, PATH }), {
      path,
      version: { major: 10, minor: 0, micro: 2 },
    })
  }
  writeFileSync(path, '#!/bin/sh\necho "another program 1.0"\n')
  await t.rejects(findQemu({ IRQLAB_QEMU: path }), {
    message: 'Not a version of QEMU: "another program 1.0"',
  })
})

await t.test('a program is asked once, until its file is another one', async (t) => {
  const memory = new FakeMemory()
  const env = { PATH: process.env['PATH'] }
  const first = await findQemu(env, memory)
  t.same(await findQemu(env, memory), first)
  const kept = memory.kept.get('qemu') ?? { conditions: 'nothing was kept', value: undefined }
  const text = 'QEMU emulator version 99.1.2 (remembered)'
  const sha256 = 'ab'.repeat(32)
  kept.value = { text, sha256 }
  t.match(await findQemu(env, memory), { version: { major: 99, text }, sha256 })
  for (const damaged of [null, 7, { text }, { text: 'odd', sha256 }, { text, sha256: 'ab' }]) {
    kept.value = damaged
    t.same(await findQemu(env, memory), first, JSON.stringify(damaged))
  }
  for (const name of ['dev', 'ino', 'size', 'mtime', 'ctime']) t.match(kept.conditions, `"${name}":"`)
})

await t.test('a script is asked each time, and so is a program that was changed just now', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const path = join(await makeWorkdir(scope), 'qemu')
  writeFileSync(path, '#!/bin/sh\necho "QEMU emulator version 10.0.2 (mine)"\n')
  chmodSync(path, 0o755)
  const memory = new FakeMemory()
  t.equal((await findQemu({ IRQLAB_QEMU: path }, memory)).version.major, 10)
  writeFileSync(path, '#!/bin/sh\necho "QEMU emulator version 10.1.0 (mine)"\n')
  t.equal((await findQemu({ IRQLAB_QEMU: path }, memory)).version.minor, 1)
  copyFileSync((await findQemu({ PATH: process.env['PATH'] })).path, path)
  await findQemu({ IRQLAB_QEMU: path }, memory)
  t.equal(memory.kept.size, 0)
})

await t.test('no QEMU is a lasting trouble that says what to install', async (t) => {
  await t.rejects(findQemu({ PATH: '/nowhere' }), {
    stage: 'host.qemu',
    message: 'No program qemu-system-x86_64 on PATH',
    hint: /apt install/,
    lasting: true,
  })
  await t.rejects(findQemu({ IRQLAB_QEMU: '/nowhere/qemu' }), { message: /from IRQLAB_QEMU/ })
})

await t.test('versions as distributions write them', async (t) => {
  const text = 'QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)'
  t.same(parseQemuVersion(`${text}\nCopyright`), { major: 7, minor: 2, micro: 22, text })
  t.match(parseQemuVersion('QEMU emulator version 10.1.50 (v10.1.0-300-gabc)'), {
    major: 10,
    minor: 1,
    micro: 50,
  })
  t.throws(() => parseQemuVersion(''), { name: 'Trouble' })
})
