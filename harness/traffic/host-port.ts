/** The host's end of a port: whatever is written here, QEMU hands to the guest's virtio-serial or ttyS1, byte by byte. */
import { createServer, type Server, type Socket } from 'node:net'
import { messageOf, Trouble } from '../base/errors.ts'
import type { Scope } from '../base/scope.ts'
import { run } from '../host/shell.ts'

const stage = 'traffic.port'

/** A listening socket; QEMU connects to it when it starts, and a second QEMU of the same run takes its place. */
export class HostPort {
  readonly #path: string
  #socket: Socket | undefined

  private constructor(path: string, server: Server) {
    this.#path = path
    server.on('connection', (socket) => {
      // QEMU's end is told elsewhere, with the reason; what the guest sends is nothing to us.
      socket.on('error', () => undefined)
      socket.resume()
      this.#socket = socket
    })
  }

  /** Listens at `path`; the scope ends it. Throws `Trouble`. */
  static async listen(path: string, scope: Scope): Promise<HostPort> {
    const server = createServer()
    const port = new HostPort(path, server)
    scope.onEnd(`the port ${path}`, () => {
      port.#socket?.destroy()
      server.close()
    })

    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new Trouble(stage, `${path}: ${messageOf(error)}`)))
      server.listen(path, resolve)
    })
    return port
  }

  /** Gives one text to QEMU in one write(2). Throws `Trouble` when QEMU is not connected. */
  async write(text: string): Promise<void> {
    const socket = this.#socket
    if (socket === undefined || socket.destroyed)
      throw new Trouble(stage, `QEMU is not connected to ${this.#path}`)
    await new Promise<void>((resolve, reject) => {
      socket.write(text, 'latin1', (error) => {
        if (error === undefined || error === null) resolve()
        else reject(new Trouble(stage, `A probe could not be sent: ${messageOf(error)}`))
      })
    })
  }

  /** Bytes that QEMU has not taken yet: it leaves them in its socket while the guest's port cannot take them. */
  async untaken(): Promise<number> {
    const { stdout } = await run(['ss', '--no-header', '--unix', '--numeric'], { stage, limitMs: 5000 })
    return parseUntaken(stdout, this.#path)
  }
}

/**
 * The receive queue of QEMU's socket in what `ss -H -x -n` printed: the socket whose peer is the one bound to `path`.
 * Columns: type, state, receive queue, send queue, local path and inode, peer's path and inode. Throws `Trouble`.
 */
export function parseUntaken(text: string, path: string): number {
  const sockets = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([, , received, , local, inode, , peer]) => ({ received, local, inode, peer }))
  const ours = sockets.filter(({ local }) => local === path)
  const theirs = sockets.find(({ peer, local }) => local !== path && ours.some(({ inode }) => inode === peer))
  if (theirs?.received === undefined || !/^\d+$/.test(theirs.received))
    throw new Trouble(stage, `ss does not show QEMU's end of ${path}`)
  return Number(theirs.received)
}
