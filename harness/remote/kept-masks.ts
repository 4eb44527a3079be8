/** What do we know here of the masks that we may have changed on a machine that is not ours? A copy of the journal there. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { messageOf, Trouble } from '../base/errors.ts'
import type { SshDestination } from '../host/ssh-argv.ts'

/** The copy of one machine's journal; it is there while masks may not be as they were. */
export class KeptMasks {
  readonly path: string

  /** In the user's state directory (XDG_STATE_HOME). */
  constructor({ destination, port }: SshDestination, env: NodeJS.ProcessEnv = process.env) {
    const state = env['XDG_STATE_HOME'] ?? ''
    const name = `${destination}${port === undefined ? '' : `-${port}`}`.replaceAll(/[^\w.@-]/g, '_')
    this.path = join(
      state.startsWith('/') ? state : join(homedir(), '.local/state'),
      'irqlab/hosts',
      `${name}.masks`,
    )
  }

  /** Undefined when there is none. */
  read(): string | undefined {
    return existsSync(this.path) ? readFileSync(this.path, 'utf8') : undefined
  }

  /** On the disk, when it returns. Throws `Trouble`. */
  write(journal: string): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
      const partial = `${this.path}.partial`
      const file = openSync(partial, 'w', 0o600)
      try {
        writeSync(file, journal)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(partial, this.path)
      const dir = openSync(dirname(this.path), 'r')
      fsyncSync(dir)
      closeSync(dir)
    } catch (error) {
      throw new Trouble('host.masks', `The masks cannot be kept in ${this.path}: ${messageOf(error)}`, {
        cause: error,
        lasting: true,
      })
    }
  }

  /** They are as they were. */
  forget(): void {
    rmSync(this.path, { force: true })
  }
}
