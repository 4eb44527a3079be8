import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { spawnProcess } from '../host/processes.ts'
import { ProcessTree } from './process-tree.ts'

/** Works until it was given 200 ms of CPU time, however long that takes on a busy host. */
const BUSY = `const used = () => { const { user, system } = process.cpuUsage(); return user + system }
while (used() < 200_000);
console.log('done')
setTimeout(() => {}, 20_000)`

await t.test(
  'a grandchild is seen with its role, CPU time and peak, and remembered when it is gone',
  async (t) => {
    const shell = await spawnProcess(['sh', '-c', '"$@"; true', 'sh', process.execPath, '-e', BUSY], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    t.teardown(() => shell.kill('SIGKILL'))
    const tree = new ProcessTree(shell.pid)
    await new Promise((resolve) => shell.stdout.once('data', resolve))
    tree.look()
    const [cpuMs, peakMb] = [tree.cpuMs('irqlab'), tree.peakMb('irqlab')]
    t.ok(cpuMs >= 180 && cpuMs < 2000, `about 200 ms: ${cpuMs}`)
    t.ok(peakMb > 20 && peakMb < 1000, `a Node: ${peakMb}`)
    t.ok(tree.peakMb('host command') > 0, 'the shell')
    t.equal(tree.cpuMs('QEMU'), 0)
    t.equal(tree.peakMb('worker'), 0)

    shell.kill('SIGKILL')
    await poll(new Deadline('test', 'The end', 5000), () => (shell.isRunning ? undefined : true), {
      everyMs: 5,
    })
    tree.look()
    t.equal(tree.cpuMs('irqlab'), cpuMs)
  },
)
