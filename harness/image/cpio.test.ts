import t from 'tap'
import { cpioArchive } from './cpio.ts'
import type { CpioEntry } from './cpio.ts'

interface Member {
  readonly name: string
  readonly mode: string
  readonly content: string
  readonly device: string
}

/** An own reader, after the description in the kernel's Documentation/driver-api/early-userspace/buffer-format.rst. */
function read(archive: Buffer): Member[] {
  const members: Member[] = []
  let at = 0
  for (;;) {
    t.equal(archive.toString('latin1', at, at + 6), '070701')
    const field = (index: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16)
    const nameStart = at + 110
    const name = archive.toString('utf8', nameStart, nameStart + field(11) - 1)
    const start = Math.ceil((nameStart + field(11)) / 4) * 4
    const [mode, device] = [field(1).toString(8), `${field(9)}:${field(10)}`]
    t.same([field(2), field(3), field(5)], [0, 0, 0], 'root, and no time')
    const content = archive.toString('utf8', start, start + field(6))
    at = Math.ceil((start + field(6)) / 4) * 4
    if (name === 'TRAILER!!!') break
    members.push({ name, mode, content, device })
  }
  t.ok(archive.subarray(at).every((byte) => byte === 0))
  return members
}

const entries: readonly CpioEntry[] = [
  { kind: 'file', path: '/init', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
  { kind: 'file', path: '/etc/a', content: Buffer.alloc(0) },
  { kind: 'link', path: '/bin/sh', target: 'busybox' },
  { kind: 'directory', path: '/root', mode: 0o700 },
  { kind: 'file', path: '/root/ü', content: Buffer.from('x') },
  { kind: 'character device', path: '/dev/console', major: 5, minor: 1 },
]

const archive = cpioArchive(entries)
t.same(read(archive), [
  { name: 'bin', mode: '40755', content: '', device: '0:0' },
  { name: 'bin/sh', mode: '120777', content: 'busybox', device: '0:0' },
  { name: 'dev', mode: '40755', content: '', device: '0:0' },
  { name: 'dev/console', mode: '20600', content: '', device: '5:1' },
  { name: 'etc', mode: '40755', content: '', device: '0:0' },
  { name: 'etc/a', mode: '100644', content: '', device: '0:0' },
  { name: 'init', mode: '100755', content: '#!/bin/sh\n', device: '0:0' },
  { name: 'root', mode: '40700', content: '', device: '0:0' },
  { name: 'root/ü', mode: '100644', content: 'x', device: '0:0' },
])
t.equal(archive.length % 512, 0, 'another archive can follow')
t.ok(cpioArchive(entries.toReversed()).equals(archive), 'the order of the entries does not matter')
t.throws(() => cpioArchive([{ kind: 'directory', path: 'relative' }]), { name: 'Bug' })
t.throws(() => cpioArchive([{ kind: 'directory', path: '/a/' }]), { name: 'Bug' })
t.throws(
  () =>
    cpioArchive([
      { kind: 'directory', path: '/a' },
      { kind: 'directory', path: '/a' },
    ]),
  { name: 'Bug' },
)
