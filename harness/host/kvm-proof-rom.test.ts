import t from 'tap'
import { proofCounts, proofRom } from './kvm-proof-rom.ts'

await t.test('the ROM starts at the reset vector and counts what it says', async (t) => {
  const rom = proofRom()
  t.equal(rom.length, 65_536)
  t.equal(rom[0xfff0], 0xe9, 'a near jump')
  const target = 0xfff3 + rom.readInt16LE(0xfff1)
  t.equal(rom.subarray(target, target + 3).toString('hex'), 'fa66b9')
  t.equal(rom.readUInt32LE(target + 3), proofCounts)
  t.equal(rom.subarray(target + 7, target + 18).toString('hex'), '664975fcb031e6f4f4ebfd')
})
