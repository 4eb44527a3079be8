/** What is an image that is not ours? A file that is only ever read, and a way in: cloud-init's, or the user's own. */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { messageOf, UsageError } from '../base/errors.ts'
import { managementTap } from '../host/tap.ts'
import { type KeyPair, makeKeyPair } from '../ssh/key-pair.ts'
import type { GuestImage, GuestLogin } from './guest-image.ts'
import { type GuestSource, kernelWordsFor } from './guest-source.ts'
import type { MicroGuest } from './micro-guest.ts'

/** The user that cloud-init makes for us. */
const USER = 'irqlab'

/** The image. Its hash is taken now, and the image is what it was before afterwards. Throws `UsageError`. */
export async function foreignImage(
  source: Extract<GuestSource, { readonly kind: 'qcow2' }>,
  { initramfs }: MicroGuest,
): Promise<GuestImage> {
  const { text, path, format, port, balancers, root } = source
  const { diskInit } = await import('./full-recipe.ts')
  return {
    flavour: 'qcow2',
    text,
    initramfs,
    ...(root === undefined ? {} : { diskInit: diskInit() }),
    disk: { path, format, kernelWords: kernelWordsFor(source) },
    login: { port, ...loginOf(source) },
    balancers,
    sha256: await sha256Of(path, text),
  }
}

function loginOf({
  login,
  text,
}: Extract<GuestSource, { readonly kind: 'qcow2' }>): Omit<GuestLogin, 'port'> {
  if (login === undefined) return cloudLogin(makeKeyPair(), makeKeyPair())
  const { user, keyFile } = login
  if (keyFile === undefined) return { user, key: { agent: process.env['SSH_AUTH_SOCK'] ?? '' } }
  try {
    return { user, key: { privateKey: readFileSync(keyFile, 'utf8') } }
  } catch (error) {
    throw new UsageError(`--guest ${text}: ${messageOf(error)}`)
  }
}

/**
 * Keys of this campaign alone, and what cloud-init (NoCloud) makes of them: a user who may become root, a host key that we
 * know beforehand, an address on the management NIC and none on the other. Nothing is installed, grown or upgraded.
 */
function cloudLogin(client: KeyPair, host: KeyPair): Omit<GuestLogin, 'port'> {
  const user = {
    name: USER,
    shell: '/bin/sh',
    lock_passwd: true,
    sudo: 'ALL=(ALL) NOPASSWD:ALL',
    ssh_authorized_keys: [client.publicLine],
  }
  const userData = {
    users: ['default', user],
    ssh_keys: { ed25519_private: host.privateKey, ed25519_public: host.publicLine },
    ssh_genkeytypes: ['ed25519'],
    growpart: { mode: 'off' },
    resize_rootfs: false,
    package_update: false,
    package_upgrade: false,
  }
  const network = {
    version: 2,
    ethernets: { management: { match: { macaddress: managementTap.guest.mac }, dhcp4: true } },
  }
  return {
    user: USER,
    key: { privateKey: client.privateKey },
    hostKey: host.publicBlob,
    seed: {
      // YAML is a superset of JSON, and cloud-init asks for YAML.
      'user-data': `#cloud-config\n${JSON.stringify(userData, null, 2)}\n`,
      'meta-data': `${JSON.stringify({ 'instance-id': 'irqlab', 'local-hostname': 'irqlab' })}\n`,
      'network-config': `${JSON.stringify(network)}\n`,
    },
  }
}

async function sha256Of(path: string, text: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash)
  } catch (error) {
    throw new UsageError(`--guest ${text}: ${messageOf(error)}`)
  }
  return hash.digest('hex')
}
