import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { Scope } from '../base/scope.ts'
import { SshConnection } from './connection.ts'
import { pinnedKey } from './host-key.ts'
import { makeKeyPair } from './key-pair.ts'
import { startServer } from './server-fixture.ts'

await t.test('a made pair lets in where it is known, and proves who lets in', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const keys = { client: makeKeyPair(), host: makeKeyPair() }
  const { target } = await startServer(scope, (_, channel) => channel.end(), keys)
  const connection = await SshConnection.connect(
    {
      ...target,
      key: { privateKey: keys.client.privateKey },
      hostKey: pinnedKey(keys.host.publicBlob),
    },
    new Deadline('boot.ssh', 'The login', 5000),
  )
  connection.close()
  t.match(keys.client.publicLine, /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[\w+/]{43} irqlab$/)
  t.not(makeKeyPair().publicBlob, makeKeyPair().publicBlob)
})
