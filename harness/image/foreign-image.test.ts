import { createHash } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { foreignImage } from './foreign-image.ts'
import { parseGuestSource } from './guest-source.ts'

const disk = Buffer.alloc(4096)
disk.writeUInt16LE(0xaa55, 510)
const dir = t.testdir({ 'disk.img': disk, key: 'a key' })
const micro = { initramfs: '/cache/initramfs.cpio' } as Parameters<typeof foreignImage>[1]

async function imageOf(settings: string) {
  const source = parseGuestSource(`qcow2:${join(dir, 'disk.img')}${settings}`, {})
  if (source.kind !== 'qcow2') throw new Error('an image was meant')
  return foreignImage(source, micro)
}

await t.test('without a user named, cloud-init makes one, with keys of this campaign alone', async (t) => {
  const [image, other] = [await imageOf(''), await imageOf('')]
  const { seed, hostKey, key, user } = image.login
  t.equal(user, 'irqlab')
  const userData = seed?.['user-data'] ?? ''
  t.match(userData, /^#cloud-config\n\{/)
  const asked = JSON.parse(userData.slice(userData.indexOf('\n'))) as Record<string, unknown>
  t.match(asked, {
    users: [
      'default',
      { name: 'irqlab', sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: [/^ssh-ed25519 /] },
    ],
    ssh_keys: { ed25519_public: `ssh-ed25519 ${hostKey} irqlab` },
    growpart: { mode: 'off' },
  })
  t.match(JSON.parse(seed?.['network-config'] ?? ''), {
    ethernets: { management: { match: { macaddress: '52:54:00:69:71:01' }, dhcp4: true } },
  })
  t.match(key, { privateKey: /^-----BEGIN OPENSSH PRIVATE KEY-----\n/ })
  t.not(other.login.hostKey, hostKey)
})

await t.test('a user who is there gets no seed, and its host is met for the first time', async (t) => {
  const { login } = await imageOf(`,user=admin,key=${join(dir, 'key')},port=2200`)
  t.same(login, { user: 'admin', port: 2200, key: { privateKey: 'a key' } })
})

await t.test('the image is known by its hash, and a kernel beside it is told where to go', async (t) => {
  const own = await imageOf('')
  t.equal(own.sha256, createHash('sha256').update(disk).digest('hex'))
  t.same(own.disk?.kernelWords, [])
  t.equal(own.diskInit, undefined)
  const direct = await imageOf(',root=/dev/vda1')
  t.same(direct.disk?.kernelWords, ['irqlab.root=/dev/vda1', 'irqlab.nics=own'])
  t.match(direct.diskInit, /irqlab\.root=/)
})
