/** An SSH server for tests, in this process and on loopback: what it does with a command is up to the test. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { assert } from '../base/errors.ts'
import type { Scope } from '../base/scope.ts'
import type { SshTarget } from './connection.ts'
import { pinnedKey } from './host-key.ts'
import type { KeyPair } from './key-pair.ts'

/** The server's end of one command. */
export type FakeChannel = ServerChannel

/** What the server does when it is told to run `command`; an empty one asks for a login shell. */
export type Serve = (command: string, channel: FakeChannel) => void

/** A server that lets one key in. */
export interface FakeServer {
  /** How to get in. */
  readonly target: SshTarget
  /** Cuts every connection without a word, as a guest that dies. */
  readonly drop: () => void
}

/** Keys that were made elsewhere. */
export interface ServerKeys {
  readonly host: KeyPair
  readonly client: KeyPair
}

/** Starts a server; the scope ends it. */
export async function startServer(scope: Scope, serve: Serve, keys?: ServerKeys): Promise<FakeServer> {
  const host = keys === undefined ? makeKey() : { private: keys.host.privateKey, blob: keys.host.publicBlob }
  const user =
    keys === undefined ? makeKey() : { private: keys.client.privateKey, blob: keys.client.publicBlob }
  const server = new ssh2.Server({ hostKeys: [host.private] }, (connection) => {
    connection.on('error', () => undefined)
    letIn(connection, user.blob)
    connection.on('session', (accept) => {
      const session = accept()
      session.on('pty', (agree) => agree?.())
      session.on('exec', (agree, _, { command }) => serve(command, agree()))
      session.on('shell', (agree) => serve('', agree()))
    })
  })
  // The sockets are ours, so that they can be cut.
  const sockets = new Set<Socket>()
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    server.injectSocket(socket)
  })
  const drop = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  scope.onEnd('the SSH server', () => {
    listener.close()
    drop()
  })
  const port = await listenSomewhere(listener)
  const target = {
    host: '127.0.0.1',
    port,
    user: 'root',
    key: { privateKey: user.private },
    hostKey: pinnedKey(host.blob),
  }
  return { target, drop }
}

/** Listens on a free port of loopback, and gives its number. */
export async function listenSomewhere(listener: ReturnType<typeof createServer>): Promise<number> {
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  assert(typeof address === 'object' && address !== null, 'an address with a port')
  return address.port
}

/** A fresh key pair: the private one as text, the public one as the base64 of its blob. */
export function makeKey(): { readonly private: string; readonly blob: string } {
  for (;;) {
    const { private: text } = ssh2.utils.generateKeyPairSync('ed25519')
    const parsed = ssh2.utils.parseKey(text)
    // ssh2 1.17 drops leading zeros of the public key: one in 256 pairs is malformed.
    if (!(parsed instanceof Error)) return { private: text, blob: parsed.getPublicSSH().toString('base64') }
  }
}

function letIn(connection: Connection, blob: string): void {
  connection.on('authentication', (attempt) => {
    if (attempt.method === 'publickey' && attempt.key.data.toString('base64') === blob) attempt.accept()
    else attempt.reject(['publickey'])
  })
}
