import t from 'tap'
import { imageFlavour } from './flavour-image.ts'
import { guestThatSays } from './guest-that-says-fixture.ts'
import type { Guest } from './guest.ts'

const FOUND = 'mgmt enp0s1\ntest enp0s2\n'

function moveIn(answers: Parameters<typeof guestThatSays>[0]) {
  const { commands, scripts } = guestThatSays(answers)
  const links: unknown[] = []
  const qmp = {
    execute: async (command: string, words: unknown) => {
      links.push([command, words])
    },
  } as unknown as Guest['qmp']
  const upload = () => Promise.resolve()
  const image = { flavour: 'qcow2', balancers: 'stopped', initramfs: '/none' } as const
  return { moving: imageFlavour.moveIn({ commands, qmp, upload }, image), scripts, links }
}

await t.test('the NIC under test is taken over, and only then plugged in', async (t) => {
  const { moving, scripts, links } = moveIn([
    [/address/, FOUND],
    [/rc-service/, 'runs irqbalance\n'],
    [/ip link/, 'taken\n'],
    [/command -v/, 'place /run/irqlab\n'],
  ])
  t.match(await moving, {
    managementInterface: 'enp0s1',
    writers: ['irqbalance'],
    notes: [/^irqbalance ran/],
  })
  const taking = scripts.find((script) => script.startsWith('i=enp0s2\n')) ?? ''
  t.match(taking, /ip link set \$i name test0/)
  t.match(taking, /ip addr add 10\.112\.0\.2\/24 dev test0/)
  t.match(taking, /ip neigh replace 10\.112\.0\.1 lladdr 52:54:00:69:71:12 nud permanent/)
  t.same(links, [['set_link', { name: 'test-nic', up: true }]])
})

await t.test('a guest without our NICs, or one that keeps its NIC', async (t) => {
  await t.rejects(moveIn([[/address/, 'mgmt enp0s1\n']]).moving, {
    name: 'Trouble',
    stage: 'boot.system',
    message: /shows no NIC of ours: mgmt enp0s1/,
  })
  const kept = moveIn([
    [/address/, FOUND],
    [/ip link/, 'RTNETLINK answers: Operation not permitted\nip failed\n'],
  ])
  await t.rejects(kept.moving, { stage: 'boot.system', name: 'Trouble', message: /not permitted/ })
  t.same(kept.links, [], 'and nothing is plugged in')
})

await t.test('who is not let in is told what to look at', async (t) => {
  const hint = (seen: string) => imageFlavour.loginHint?.(seen)
  t.match(hint('SSH failed: All configured authentication methods failed'), /cloud-init .*user=NAME,key=FILE/)
  t.match(hint('SSH failed: Connection lost before handshake'), /DHCP .*port=N/)
})
