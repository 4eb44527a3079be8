/**
 * What are the bytes of this archive, however it is packed? Node unpacks gzip and zstd; for xz and bzip2 Debian's own programs run, with
 * little memory and for a limited time. Nothing is written.
 */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { Deadline } from '../base/deadline.ts'
import { messageOf, Trouble } from '../base/errors.ts'
import { spawnProcess, withSbin } from '../host/processes.ts'
import { UNPACKING_MS } from './archive-limits.ts'

/** What can go wrong before there is a tar to read has this stage. */
export const ARCHIVE_STAGE = 'capture.archive'

type Program = readonly [string, ...string[]]

/** `how` is ours (a stream of Node's), a program that reads from standard input, or, as a text, what to unpack it with first. */
interface Packer {
  readonly name: string
  readonly magic: Buffer
  readonly how: (() => NodeJS.ReadWriteStream) | Program | string
}

const PACKERS: readonly Packer[] = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]), how: createGunzip },
  {
    name: 'xz',
    magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]),
    // `xz -9` needs 65 MiB; a header may ask for gigabytes.
    how: ['xz', '-dc', '-T1', '--memlimit-decompress=128MiB'],
  },
  { name: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), how: () => createZstdDecompress() },
  // Needs 4 MiB at most, whatever the file says.
  { name: 'bzip2', magic: Buffer.from('BZh'), how: ['bzip2', '-dc'] },
  { name: 'zip', magic: Buffer.from('PK\u0003\u0004', 'latin1'), how: '`unzip`' },
]

/**
 * The unpacked bytes. Throws `Trouble` when the file cannot be read, when it is packed with what we cannot unpack or the program for that is
 * missing, when it needs too much memory or time; any other error is one of the packed data, and what came before it is good.
 */
export async function* unpackedFile(path: string): AsyncGenerator<Buffer> {
  const start = firstBytes(path)
  const packer = PACKERS.find(({ magic }) => start.subarray(0, magic.length).equals(magic))
  if (packer === undefined) {
    yield* createReadStream(path) as AsyncIterable<Buffer>
    return
  }
  const { name, how } = packer
  if (typeof how === 'string')
    throw new Trouble(ARCHIVE_STAGE, `it is packed with ${name}`, {
      hint: `unpack it with ${how} first`,
      lasting: true,
    })
  const limit = new Deadline(ARCHIVE_STAGE, 'unpacking it', UNPACKING_MS)
  const bytes =
    typeof how === 'function' ? through(createReadStream(path), how()) : byProgram(path, how, limit)
  for await (const chunk of bytes) {
    if (limit.passed) throw lasting(limit.trouble())
    yield chunk
  }
}

/** The unpacked bytes of a stream that is packed with gzip. */
export function gunzipped(source: NodeJS.ReadableStream): AsyncIterable<Buffer> {
  return through(source, createGunzip())
}

function through(source: NodeJS.ReadableStream, unpacker: NodeJS.ReadWriteStream): AsyncIterable<Buffer> {
  // The error arrives at whoever reads, too.
  pipeline(source, unpacker, () => undefined)
  return unpacker as unknown as AsyncIterable<Buffer>
}

async function* byProgram(path: string, program: Program, limit: Deadline): AsyncGenerator<Buffer> {
  const file = openSync(path, 'r')
  const [name] = program
  const { PATH } = withSbin(process.env)
  // Of our environment only the path: XZ_OPT and its like would have a say in the limits.
  const child = await spawnProcess(program, {
    stdio: [file, 'pipe', 'pipe'],
    env: { PATH, LC_ALL: 'C' },
    stage: ARCHIVE_STAGE,
  }).finally(() => closeSync(file))
  const timer = limit.race(child.exited).catch(() => child.kill('SIGKILL'))
  try {
    const said = text(child.stderr)
    yield* child.stdout as AsyncIterable<Buffer>
    const { code, signal } = await child.exited
    if (limit.passed) throw lasting(limit.trouble())
    // The first line is the cause, the others guess.
    const complaint = ((await said).trim().split('\n')[0] ?? '').replace(/;$/, '')
    if (/memory usage limit/i.test(complaint))
      throw new Trouble(ARCHIVE_STAGE, `refused: ${name} would need too much memory to unpack it`, {
        lasting: true,
      })
    if (code !== 0) throw new Error(complaint === '' ? `${name} ended with ${code ?? signal}` : complaint)
  } finally {
    child.kill('SIGKILL')
    await timer
  }
}

function lasting({ stage, message }: Trouble): Trouble {
  return new Trouble(stage, `refused: ${message}`, { lasting: true })
}

function firstBytes(path: string): Buffer {
  try {
    const file = openSync(path, 'r')
    try {
      const start = Buffer.alloc(8)
      return start.subarray(0, readSync(file, start))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw new Trouble(ARCHIVE_STAGE, `cannot read it: ${messageOf(error)}`, {
      cause: error,
      lasting: true,
    })
  }
}
