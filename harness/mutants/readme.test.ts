/** Does README.md show the same table of peers as docs/MUTANTS.md, which a run of the mutants wrote? */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '../..')
const peersIn = (file: string) =>
  /(^\| of \d+ broken kernels .*\n)(^\|.*\n)+/m.exec(readFileSync(resolve(root, file), 'utf8'))?.[0]

await t.test('the table of peers in README.md is the one of the last run', async (t) => {
  const measured = peersIn('docs/MUTANTS.md')
  t.match(measured, /^\| irqlab /m, 'there is a table, with irqlab in it')
  t.equal(peersIn('README.md'), measured)
})
