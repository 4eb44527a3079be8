import t from 'tap'
import { Scope } from '../base/scope.ts'
import { machineOf } from '../guest/machine.ts'
import { vngArgv, vngBoot } from './vng.ts'

const qemu = {
  path: '/usr/bin/qemu-system-x86_64',
  version: { major: 10, minor: 0, micro: 2, text: 'QEMU emulator version 10.0.2' },
  sha256: 'ab'.repeat(32),
}

await t.test('the same kernel, QEMU, CPUs, memory and accelerator', async (t) => {
  const request = { qemu, bzImage: '/k/bzImage', machine: machineOf('plain') }
  const tcg = vngArgv({ ...request, accelerator: { name: 'tcg', reason: '' } })
  t.same(tcg.slice(0, 3), ['vng', '--run', '/k/bzImage'])
  t.match(
    tcg.join(' '),
    '--cpus 4 --memory 512M --qemu /usr/bin/qemu-system-x86_64 --disable-kvm -- uname -r',
  )
  t.notMatch(vngArgv({ ...request, accelerator: { name: 'kvm', reason: '' } }).join(' '), '--disable-kvm')
})

await t.test('its time ends with the line of the release, and it may end by itself', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  // As QEMU does it for virtme-ng: the descriptor is opened anew.
  const says = 'echo booting >/proc/self/fd/1; sleep 0.2; echo 6.1.0-x >/proc/self/fd/2; sleep 0.4'
  const tookMs = await vngBoot(['sh', '-c', says], '6.1.0-x', t.testdir({}), scope)
  t.ok(tookMs >= 200, `${tookMs}`)
  await t.rejects(vngBoot(['sh', '-c', says], '6.1.0', t.testdir({}), scope), {
    name: 'Trouble',
    message: /did not answer `uname -r`; the last it said: 6\.1\.0-x \(.*built in/,
  })
})
