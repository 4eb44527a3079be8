import t from 'tap'
import { publicKey } from './guest-keys.ts'

await t.test('what dropbearkey prints', async (t) => {
  const text = 'Public key portion is:\nssh-ed25519 AAAAC3Nza/+x= root@vm\nFingerprint: SHA256:x\n'
  t.equal(publicKey(text), 'AAAAC3Nza/+x=')
  t.throws(() => publicKey('Failed\n'), { name: 'Trouble' })
})
