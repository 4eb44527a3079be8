/** Is it the machine that we mean? Which host keys a connection accepts. */
import { createHash } from 'node:crypto'
import { Trouble } from '../base/errors.ts'

/** Decides about host keys, each given as the base64 of its public blob, as in known_hosts. */
export interface HostKeyRule {
  /** The signature algorithms to ask the server for, the preferred first; absent: all that we know. */
  readonly algorithms?: readonly string[]
  readonly accepts: (hostKey: string) => boolean
}

/** One known key and no other. Throws `Trouble` at stage `ssh.handshake` when it is no public key. */
export function pinnedKey(hostKey: string): HostKeyRule {
  return { algorithms: algorithmsFor(hostKey), accepts: (shown) => shown === hostKey }
}

/**
 * For a machine that nobody has met yet: the first key that it shows, and from then on that one alone. `onFirst` hears of it.
 * It proves that later connections reach the same machine, and nothing about the first.
 */
export function firstKeySeen(onFirst: (hostKey: string) => void = () => undefined): HostKeyRule {
  let first: string | undefined
  return {
    accepts: (shown) => {
      if (first === undefined) onFirst(shown)
      first ??= shown
      return shown === first
    },
  }
}

/** The fingerprint that a person can compare: `SHA256:` and unpadded base64, as OpenSSH prints it. */
export function fingerprint(hostKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(hostKey, 'base64')).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

/** A public blob begins with the length and the name of its type (RFC 4253, 6.6). */
function algorithmsFor(hostKey: string): readonly string[] {
  const blob = Buffer.from(hostKey, 'base64')
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0)
  const type = blob.subarray(4, 4 + length).toString('latin1')
  // One type of key, three ways to sign with it (RFC 8332); the oldest is refused by servers of today.
  if (type === 'ssh-rsa') return ['rsa-sha2-512', 'rsa-sha2-256']
  if (/^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521))$/.test(type)) return [type]
  throw new Trouble(
    'ssh.handshake',
    `${JSON.stringify(hostKey.slice(0, 40))} is no public key that we know`,
    {
      lasting: true,
    },
  )
}
