import t from 'tap'
import { installed } from './full-build.ts'

const stanza = (name: string, status: string) =>
  `Package: ${name}\nStatus: ${status}\nPriority: optional\nVersion: 1:2.3-4\n`

await t.test('what is installed, by dpkg’s own word', async (t) => {
  const text = [
    stanza('systemd', 'install ok installed'),
    stanza('gone', 'deinstall ok config-files'),
    stanza('irqbalance', 'install ok installed'),
  ].join('\n')
  t.same(installed(text), [
    { name: 'systemd', version: '1:2.3-4' },
    { name: 'irqbalance', version: '1:2.3-4' },
  ])
})

await t.test('a package without a version is no package', async (t) => {
  t.throws(() => installed('Package: a\nStatus: install ok installed\n'), {
    name: 'Trouble',
    stage: 'image.full',
  })
})
