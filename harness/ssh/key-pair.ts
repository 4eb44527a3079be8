/** How is an SSH key made without any program? An ed25519 pair, in the texts of OpenSSH (its PROTOCOL.key). */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { assert } from '../base/errors.ts'

/** A key and its public half. */
export interface KeyPair {
  /** The text of an OpenSSH private key file, without a passphrase. */
  readonly privateKey: string
  /** Base64 of the public blob, as in known_hosts. */
  readonly publicBlob: string
  /** A line for authorized_keys. */
  readonly publicLine: string
}

const TYPE = 'ssh-ed25519'
const COMMENT = 'irqlab'
/** The private part is padded to the block size of its cipher, which is none: 8. */
const BLOCK = 8

/** Makes a pair. */
export function makeKeyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d, x } = privateKey.export({ format: 'jwk' })
  assert(d !== undefined && x !== undefined, 'an ed25519 key has both halves')
  const [seed, open] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]
  const blob = Buffer.concat([text(TYPE), text(open)])
  // Twice the same number: whoever decrypts with a wrong passphrase sees two.
  const check = randomBytes(4)
  const inside = [check, check, text(TYPE), text(open), text(Buffer.concat([seed, open])), text(COMMENT)]
  const length = inside.reduce((sum, part) => sum + part.length, 0)
  const padding = Buffer.from(Array.from({ length: (BLOCK - (length % BLOCK)) % BLOCK }, (_, at) => at + 1))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    number(1),
    text(blob),
    text(Buffer.concat([...inside, padding])),
  ])
  const lines = whole.toString('base64').replace(/.{70}/g, '$&\n').trimEnd()
  const publicBlob = blob.toString('base64')
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicBlob,
    publicLine: `${TYPE} ${publicBlob} ${COMMENT}`,
  }
}

function text(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([number(bytes.length), bytes])
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
