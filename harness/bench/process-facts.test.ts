import { readFileSync } from 'node:fs'
import t from 'tap'
import { childrenCpuMsIn, cpuMsIn, peakMbIn, roleOf } from './process-facts.ts'

await t.test('what wraps the worker is not the worker', async (t) => {
  const words = ['node', '/x/harness/main.ts', 'worker']
  t.equal(roleOf('/x/bin/node', words), 'worker')
  t.equal(roleOf('/usr/bin/unshare', ['unshare', '--net', '--', ...words]), 'host command')
  t.equal(roleOf('/x/bin/node', ['node', 'harness/irqlab.cjs', 'run', 'deferred-move']), 'irqlab')
  t.equal(roleOf('/usr/bin/qemu-system-x86_64', ['qemu-system-x86_64', '-nodefaults']), 'QEMU')
  t.equal(roleOf('/usr/bin/dash', ['sh', '-c', 'true']), 'host command')
})

await t.test('times are counted from the end of the name', async (t) => {
  const rest = 'S 1 1 1 0 -1 4194304 100 200 0 0 12 3 900 900 20 0 11 0 100'
  t.equal(cpuMsIn(`7 (node) ${rest}`), 150)
  t.equal(cpuMsIn(`7 (a) S 1 (b) ${rest}`), 150, 'a name with a bracket')
  t.throws(() => cpuMsIn('7 (node) S 1'), { name: 'Trouble' })
  t.throws(() => cpuMsIn(''), { name: 'Trouble' })
  t.ok(cpuMsIn(readFileSync('/proc/self/stat', 'utf8')) >= 0, 'this kernel writes it so')
})

await t.test('peak memory, where there is any', async (t) => {
  t.equal(peakMbIn('Name:\tnode\nVmHWM:\t   50000 kB\nVmRSS:\t   100 kB\n'), 51.2)
  t.equal(peakMbIn('Name:\tnode\nState:\tZ (zombie)\n'), undefined)
  t.ok((peakMbIn(readFileSync('/proc/self/status', 'utf8')) ?? 0) > 1, 'this kernel writes it so')
})

await t.test('the second line of `times` is the children', async (t) => {
  t.equal(childrenCpuMsIn('0m0.000000s 0m0.000000s\n1m2.500000s 0m0.250000s\n'), 62_750)
  t.equal(childrenCpuMsIn('0m0.010s 0m0.020s\n0m1.000s 0m0.500s\n'), 1500, 'bash')
  t.throws(() => childrenCpuMsIn('0m0.010s 0m0.020s\n'), { name: 'Trouble' })
  t.throws(() => childrenCpuMsIn(''), { name: 'Trouble' })
})
