/** Archives that nobody should have to trust, made byte by byte: no tar program would write them. */
import { gzipSync } from 'node:zlib'

const BLOCK = 512

/** One member; by default a plain file. */
export interface Member {
  readonly path: string
  readonly content?: string | Buffer
  /** `1` hard link, `2` symbolic link, `3` and `4` devices, `5` directory, `6` pipe, `x` extended header. */
  readonly type?: string
  readonly link?: string
  /** What the header claims, where it lies. */
  readonly size?: number
  readonly badSum?: true
}

/** The archive of these members, with its end. */
export function tarOf(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(memberBytes), Buffer.alloc(2 * BLOCK)])
}

/** The same, packed. */
export function tgzOf(members: readonly Member[]): Buffer {
  return gzipSync(tarOf(members))
}

/** Members of an extended header (pax) that gives the next member another name, or another link. */
export function paxOf(records: Readonly<Record<string, string>>): Member {
  const content = Object.entries(records)
    .map(([key, value]) => {
      const body = ` ${key}=${value}\n`
      const length = body.length + String(body.length + 2).length
      return `${length}${body}`
    })
    .join('')
  return { path: 'PaxHeader', type: 'x', content }
}

function memberBytes({ path, content = '', type = '0', link = '', size, badSum }: Member): Buffer {
  const body = Buffer.from(content)
  const header = Buffer.alloc(BLOCK)
  header.write(path, 0, 100, 'latin1')
  header.write('0000644\u00000000000\u00000000000\u0000', 100, 'latin1')
  header.write(`${(size ?? body.length).toString(8).padStart(11, '0')}\u0000`, 124, 'latin1')
  header.write('00000000000\u0000', 136, 'latin1')
  header.write('        ', 148, 'latin1')
  header.write(type, 156, 'latin1')
  header.write(link, 157, 100, 'latin1')
  header.write('ustar\u000000', 257, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0) + (badSum ? 1 : 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1')
  return Buffer.concat([header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)])
}
