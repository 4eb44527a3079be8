import t from 'tap'
import { fingerprint, firstKeySeen, pinnedKey } from './host-key.ts'

const ED25519 = 'AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'
const blobOf = (type: string) => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(type.length)
  return Buffer.concat([head, Buffer.from(`${type}rest`)]).toString('base64')
}

await t.test('a pinned key is the one that is accepted, and asked for by its type', (t) => {
  const rule = pinnedKey(ED25519)
  t.ok(rule.accepts(ED25519))
  t.notOk(rule.accepts(blobOf('ssh-ed25519')))
  t.same(rule.algorithms, ['ssh-ed25519'])
  t.same(pinnedKey(blobOf('ssh-rsa')).algorithms, ['rsa-sha2-512', 'rsa-sha2-256'])
  t.same(pinnedKey(blobOf('ecdsa-sha2-nistp256')).algorithms, ['ecdsa-sha2-nistp256'])
  t.end()
})

await t.test('what is no key cannot be pinned', (t) => {
  for (const text of ['', 'none', 'AAAA', blobOf('ssh-dss')])
    t.throws(() => pinnedKey(text), { name: 'Trouble', stage: 'ssh.handshake', lasting: true }, text)
  t.end()
})

await t.test('of a machine never met the first key is kept, and told once', (t) => {
  const seen: string[] = []
  const rule = firstKeySeen((key) => seen.push(key))
  t.equal(rule.algorithms, undefined)
  t.same(['a', 'b', 'a'].map(rule.accepts), [true, false, true])
  t.same(seen, ['a'])
  t.end()
})

await t.test('fingerprints look as OpenSSH prints them', (t) => {
  t.equal(fingerprint(ED25519), 'SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA', 'as ssh-keygen -l does')
  t.end()
})
