import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Scope } from '../base/scope.ts'
import { namespaceArgv } from './namespace.ts'
import { spawnProcess } from './processes.ts'
import { batchOf, broadcastOf, managementTap, refusal, testTap } from './tap.ts'
import { makeWorkdir } from './workdir.ts'

const here = import.meta.dirname
const root = process.getuid?.() === 0

// Runs in fresh namespaces: adds the taps for so many queue pairs, then asks `ip` and QEMU what they think of them.
const script = `
const { isolate } = await import('${here}/namespace.ts')
const { addTaps, testTap, managementTap } = await import('${here}/tap.ts')
const { exchange } = await import('${here}/exchange.ts')
const { readFileSync } = await import('node:fs')
const asked = Number(process.argv[2])
await isolate({ sizeMiB: 1, visible: [] })
await addTaps([testTap(asked), managementTap])
const ask = async (...argv) => (await exchange(argv, { stage: 'test', limitMs: 5000, input: '{"execute":"qmp_capabilities"}\\n{"execute":"quit"}\\n' }))
const tap = (id, name, queues) => ['-netdev', 'tap,id=' + id + ',ifname=' + name + ',script=no,downscript=no' + (queues > 1 ? ',queues=' + queues : '')]
const qemu = (queues) => ask('qemu-system-x86_64', '-M', 'none', '-accel', 'tcg', '-nodefaults', '-display', 'none', '-S', '-qmp', 'stdio',
  ...tap('a', 'irqlab-test', queues), ...tap('b', 'irqlab-mgmt', 1))
const again = await addTaps([managementTap]).then(() => 'added twice', (error) => error)
process.send(JSON.stringify({
  links: JSON.parse((await ask('ip', '-json', '-details', 'address')).stdout),
  neighbours: JSON.parse((await ask('ip', '-json', 'neighbour')).stdout),
  ipv6: readFileSync('/proc/net/if_inet6', 'utf8'),
  fits: await qemu(asked),
  other: await qemu(asked > 1 ? 1 : 2),
  again: { message: again.message, hint: again.hint },
}), () => process.exit(0))
`

interface Report {
  readonly links: readonly { readonly ifname: string; readonly flags: readonly string[] }[]
  readonly neighbours: readonly {
    readonly dst: string
    readonly lladdr: string
    readonly state: readonly string[]
  }[]
  readonly ipv6: string
  readonly fits: { readonly status: number; readonly stderr: string }
  readonly other: { readonly status: number; readonly stderr: string }
  readonly again: { readonly message: string; readonly hint: string }
}

for (const queuePairs of [4, 1]) {
  await t.test(
    `QEMU takes the taps for ${queuePairs} queue pairs, which are silent and know their guest`,
    async (t) => {
      const scope = new Scope()
      t.teardown(() => scope.end())
      const path = join(await makeWorkdir(scope), 'taps.mjs')
      await writeFile(path, script)
      const argv = [...namespaceArgv({ root }), process.execPath, path, String(queuePairs)] as const
      const worker = await spawnProcess(argv, { stdio: ['ignore', 'inherit', 'inherit'], ipc: true })
      scope.onEnd('worker', () => void worker.kill('SIGKILL'))
      let told = '{}'
      worker.onMessage((message) => (told = String(message)))
      await worker.channelClosed()
      const report: Report = JSON.parse(told)

      t.equal(report.fits.status, 0, report.fits.stderr)
      t.not(report.other.status, 0, 'a tap of the other kind is refused, so the difference matters')
      const [lo, test, mgmt] = report.links
      t.equal(lo?.ifname, 'lo')
      t.match(test, {
        ifname: 'irqlab-test',
        address: '52:54:00:69:71:12',
        addr_info: [{ family: 'inet', local: '10.112.0.1', prefixlen: 24, broadcast: '10.112.0.255' }],
        linkinfo: { info_data: { type: 'tap', multi_queue: queuePairs > 1 } },
      })
      t.match(mgmt, { ifname: 'irqlab-mgmt', linkinfo: { info_data: { multi_queue: false } } })
      for (const link of [test, mgmt])
        t.same(link?.flags.toSorted(), ['BROADCAST', 'NOARP', 'NO-CARRIER', 'UP'].toSorted())
      t.equal(report.ipv6, '')
      t.same(report.neighbours.map((each) => `${each.dst} ${each.lladdr} ${each.state.join()}`).sort(), [
        '10.111.0.2 52:54:00:69:71:01 PERMANENT',
        '10.111.0.255 ff:ff:ff:ff:ff:ff PERMANENT',
        '10.112.0.2 52:54:00:69:71:02 PERMANENT',
        '10.112.0.255 ff:ff:ff:ff:ff:ff PERMANENT',
      ])
      t.match(report.again, { message: /busy/, hint: /not fresh/ })
    },
  )
}

await t.test('one queue pair asks for a plain tap, more for a multi_queue one', async (t) => {
  t.notMatch(batchOf(testTap(1)), /multi_queue/)
  t.match(batchOf(testTap(2)), /^tuntap add dev irqlab-test mode tap multi_queue\n/)
  t.equal(broadcastOf(managementTap.host), '10.111.0.255')
  for (const tap of [testTap(1), managementTap]) t.ok(tap.name.length <= 15)
})

await t.test('what ip says becomes a remedy', async (t) => {
  t.match(refusal('ioctl(TUNSETIFF): Operation not permitted\nCommand failed -:1').hint, /namespace/)
  t.match(refusal('open: No such file or directory').hint, /modprobe tun/)
  t.match(refusal(''), { message: /no reason/, hint: undefined, lasting: true })
})
