import { join } from 'node:path'
import t, { type Test } from 'tap'
import { diskFormatOf } from './disk-image.ts'

/** A qcow2's header of 104 bytes, version 3, with some of its fields. */
function qcow2({ version = 3, backing = 0n, incompatible = 0n } = {}): Buffer {
  const head = Buffer.alloc(104)
  head.write('QFI\xfb', 'latin1')
  head.writeUInt32BE(version, 4)
  head.writeBigUInt64BE(backing, 8)
  head.writeBigUInt64BE(incompatible, 72)
  return head
}

function raw(at: number, value: number): Buffer {
  const disk = Buffer.alloc(4096)
  disk.writeUInt16LE(value, at)
  return disk
}

const of = (t: Test, content: Buffer | string) => {
  const path = join(t.testdir({ disk: content }), 'disk')
  return () => diskFormatOf(path, 'qcow2:disk')
}

await t.test('qcow2 and raw disks are told apart by their own bytes', async (t) => {
  t.equal(of(t, qcow2())(), 'qcow2')
  t.equal(of(t, qcow2({ version: 2, incompatible: 4n }))(), 'qcow2', 'version 2 has no such field')
  t.equal(of(t, raw(510, 0xaa55))(), 'raw', 'a boot sector')
  t.equal(of(t, raw(1024 + 56, 0xef53))(), 'raw', 'a file system')
})

await t.test('an image that reads other files is refused: they could be ours', async (t) => {
  for (const head of [qcow2({ backing: 512n }), qcow2({ incompatible: 4n })])
    t.throws(of(t, head), {
      name: 'UsageError',
      message: /part of it is in another file: .*qemu-img convert/,
    })
})

await t.test('other formats, cut and foreign files', async (t) => {
  const cases: readonly (readonly [Buffer | string, RegExp])[] = [
    ['KDMV....', /it is a vmdk: convert it/],
    ['vhdxfile', /it is a vhdx/],
    [qcow2().subarray(0, 40), /cut/],
    ['', /neither a qcow2 nor a raw disk/],
    ['#!/bin/sh\n'.repeat(400), /neither a qcow2 nor a raw disk/],
  ]
  for (const [content, message] of cases) t.throws(of(t, content), { name: 'UsageError', message })
  const dir = t.testdir({})
  t.throws(() => diskFormatOf(dir, 'qcow2:d'), { name: 'UsageError', message: /is no file/ })
  t.throws(() => diskFormatOf(join(dir, 'none'), 'qcow2:d'), { name: 'UsageError', message: /ENOENT/ })
})
