import t from 'tap'
import { newest } from './debian-kernel.ts'

await t.test('the newest version', async (t) => {
  const versions = ['6.1.76-1', '6.1.192-2', '6.1.192-1', '6.1.9-1'].map((version) => ({
    name: 'x',
    version,
  }))
  t.equal(newest(versions)?.version, '6.1.192-2')
  t.equal(newest([]), undefined)
})
