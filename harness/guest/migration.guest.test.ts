/**
 * QEMU's own part of a snapshot, on both accelerators and both machines: the command line that saved is accepted by the
 * QEMU that loads. No kernel is needed: under a KVM that only emulates, the firmware is as far as a guest gets.
 */
import { closeSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import { Scope } from '../base/scope.ts'
import type { Argv } from '../host/processes.ts'
import { findQemu } from '../host/qemu-binary.ts'
import { makeWorkdir } from '../host/workdir.ts'
import { openCache } from '../image/cache.ts'
import { prepareKernel } from '../image/kernel.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { machineOf } from './machine.ts'
import { migrateFrom, migrateTo, migrationBlockers } from './migration.ts'
import { qemuArgv } from './qemu-args.ts'
import { INCOMING } from './restore.ts'
import { startQemu } from './running-qemu.ts'

const limits = new Limits(1)
const qemu = await findQemu()
const { bzImage } = await prepareKernel(parseKernelSource('debian:6.1'), openCache(), () => undefined)

for (const accel of ['tcg', 'kvm'] as const) {
  for (const machine of ['plain', 'remapped']) {
    await t.test(`${machine} on ${accel}: saved by one QEMU, loaded by the next`, async (t) => {
      const scope = new Scope()
      t.teardown(() => scope.end())
      const dir = await makeWorkdir(scope)
      const qmpSocket = join(dir, 'qmp')
      const memory = join(dir, 'it’s memory')
      const argv = qemuArgv({
        binary: qemu.path,
        majorVersion: qemu.version.major,
        accel,
        machine: machineOf(machine),
        kernel: bzImage,
        initrd: bzImage,
        qmpSocket,
        append: '',
        // KVM inside a virtual machine may refuse this one MSR; real hosts do not mind.
        extraArgs: accel === 'kvm' ? ['-cpu', 'host,arch-capabilities=off'] : [],
      }).map(withoutTap)

      const first = new Scope()
      const start = { qmpSocket, evidenceDir: dir, limits, emulated: accel === 'tcg' }
      const saving = await startQemu({ ...start, argv: argvOf(argv) }, first)
      await pause(200)
      t.same(await migrationBlockers(saving.qmp), [])
      await saving.qmp.execute('stop')
      await migrateTo(saving.qmp, memory, qemu.version.major, limits)
      await saving.qmp.execute('cont')
      t.match(await saving.qmp.execute('query-status'), { status: 'running' }, 'the first runs on')
      t.same(await first.end(), [])
      t.ok(statSync(memory).size > 1e6)

      const openFile = openSync(memory, 'r')
      const loading = await startQemu({ ...start, argv: argvOf([...argv, ...INCOMING]), openFile }, scope)
      closeSync(openFile)
      await migrateFrom(loading.qmp, 3, qemu.version.major, limits)
      t.match(await loading.qmp.execute('query-status'), { running: false }, 'nothing of the guest ran yet')
      await loading.qmp.execute('cont')
      t.match(await loading.qmp.execute('query-status'), { status: 'running' })
    })
  }
}

/** A network that needs no tap: its other end plays no part in a migration. */
function withoutTap(word: string): string {
  return word.startsWith('tap,id=') ? `user,restrict=on,${/id=\w+/.exec(word)?.[0] ?? ''}` : word
}

function argvOf([program = '', ...args]: readonly string[]): Argv {
  return [program, ...args]
}
