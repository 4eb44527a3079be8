import t from 'tap'
import { type Understood, understoodHex, understoodList } from './mask-text.ts'

const FOUR = { cpus: 4, hasWords: true }
const words = (understood: Understood) =>
  'errno' in understood ? understood.errno : understood.mask.toList()
const table = (
  t: { readonly equal: (found: unknown, wanted: unknown, message: string) => unknown },
  read: (text: string) => Understood,
  rows: readonly (readonly [string, string])[],
): void => {
  for (const [text, expected] of rows) t.equal(words(read(text)), expected, JSON.stringify(text.slice(0, 40)))
}

await t.test('a list, as bitmap_parselist reads it', async (t) => {
  table(t, (text) => understoodList(text, FOUR), [
    ['1\n', '1'],
    ['0-3', '0-3'],
    ['1,3', '1,3'],
    ['1 3', '1,3'],
    [' ,1,, ', '1'],
    ['01', '1'],
    ['0-3:1/2', '0,2'],
    ['0-3:2/4', '0-1'],
    ['0-3:0/1', ''],
    ['all', '0-3'],
    ['ALL', '0-3'],
    ['all:1/3', '0,3'],
    ['N', '3'],
    ['0-N', '0-3'],
    ['', ''],
    ['\n', ''],
    [',', ''],
    ['\0', ''],
    ['1\0,9', '1'],
    ['1\n9', '1'],
    // A newline at the beginning of a region is a blank.
    ['\n1', '1'],
    ['1,\n2', '1-2'],
    ['0-3:1/2\n1', '0-2'],
    ['4', 'ERANGE'],
    ['0-4', 'ERANGE'],
    ['1,4', 'ERANGE'],
    ['3-1', 'EINVAL'],
    ['9-8', 'EINVAL'],
    ['0-3:1/0', 'EINVAL'],
    ['0-3:5/4', 'EINVAL'],
    ['0-3:1', 'EINVAL'],
    ['0-3:/2', 'EINVAL'],
    ['1:1/2', 'EINVAL'],
    ['-1', 'EINVAL'],
    ['1-', 'EINVAL'],
    ['+1', 'EINVAL'],
    ['0x1', 'EINVAL'],
    ['1;2', 'EINVAL'],
    ['abc', 'EINVAL'],
    ['alle', 'EINVAL'],
    ['n', 'EINVAL'],
    ['4294967294', 'ERANGE'],
    // The length of the group, one more than its end, is 0 then.
    ['4294967295', 'EINVAL'],
    ['4294967296', 'EOVERFLOW'],
    ['0-99999999999999999999999', 'EOVERFLOW'],
    [' '.repeat(70_000) + '2', '2'],
    ['0'.repeat(70_000) + '2', '2'],
    ['9'.repeat(70_000), 'EOVERFLOW'],
  ])
})

await t.test('without the words all and N', async (t) => {
  table(t, (text) => understoodList(text, { cpus: 4, hasWords: false }), [
    ['all', 'EINVAL'],
    ['N', 'EINVAL'],
    ['0-N', 'EINVAL'],
    ['0-3', '0-3'],
  ])
})

await t.test('a hexadecimal mask, as bitmap_parse reads it', async (t) => {
  table(t, (text) => understoodHex(text, FOUR), [
    ['f\n', '0-3'],
    ['F', '0-3'],
    ['00000002', '1'],
    [' 2 ', '1'],
    [',2,', '1'],
    ['2\nzz', '1'],
    ['2\0zz', '1'],
    ['0', ''],
    ['', ''],
    ['\n', ''],
    ['\n1', ''],
    ['10', 'EOVERFLOW'],
    ['0,00000001', 'EOVERFLOW'],
    ['1 2', 'EOVERFLOW'],
    ['000000001', 'EOVERFLOW'],
    ['zz', 'EINVAL'],
    ['1z', 'EINVAL'],
    ['0x1', 'EINVAL'],
    ['-1', 'EINVAL'],
    ['z00000001', 'EINVAL'],
    ['0x00000001', 'EINVAL'],
    ['f'.repeat(70_000), 'EOVERFLOW'],
  ])
  table(t, (text) => understoodHex(text, { cpus: 40 }), [
    ['1,00000001', '0,32'],
    ['80,00000000', '39'],
    ['100,00000000', 'EOVERFLOW'],
    ['1,1', '0,32'],
    ['1,00000000,00000001', 'EOVERFLOW'],
  ])
})
