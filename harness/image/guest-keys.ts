/** Which keys prove harness and guest to each other? Made once per guest image, by the guest's own dropbear tools. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../base/errors.ts'
import type { RunInRoot } from './guest-programs.ts'

/** Two ed25519 key pairs. */
export interface GuestKeys {
  /** The host's private key in dropbear's own format. */
  readonly hostKey: Buffer
  /** Base64 of the host's public blob, as in known_hosts. */
  readonly hostPublicKey: string
  /** The client's private key: OpenSSH text. */
  readonly clientKey: string
  /** Base64 of the client's public blob, as in authorized_keys. */
  readonly clientPublicKey: string
}

/** Makes both pairs with dropbearkey; `work` is a private directory, and nothing of them stays in it. */
export async function makeGuestKeys(runInRoot: RunInRoot, work: string): Promise<GuestKeys> {
  const [host, client, text] = [
    join(work, 'host-key'),
    join(work, 'client-key'),
    join(work, 'client-key.txt'),
  ]
  try {
    const hostPublicKey = publicKey(await runInRoot(['usr/bin/dropbearkey', '-t', 'ed25519', '-f', host]))
    const clientPublicKey = publicKey(await runInRoot(['usr/bin/dropbearkey', '-t', 'ed25519', '-f', client]))
    await runInRoot(['usr/bin/dropbearconvert', 'dropbear', 'openssh', client, text])
    return {
      hostKey: readFileSync(host),
      hostPublicKey,
      clientKey: readFileSync(text, 'utf8'),
      clientPublicKey,
    }
  } finally {
    for (const file of [host, client, text]) rmSync(file, { force: true })
  }
}

/** Reads what dropbearkey prints after making a key: a line `ssh-ed25519 BASE64 comment`. */
export function publicKey(text: string): string {
  const blob = /^ssh-ed25519 ([A-Za-z0-9+/=]+)( |$)/m.exec(text)?.[1]
  if (blob === undefined)
    throw new Trouble('image.keys', `dropbearkey printed no public key: "${text.trim()}"`)
  return blob
}
