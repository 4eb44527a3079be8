import t from 'tap'
import { withoutPaths } from './without-paths.ts'

await t.test('of a path of this machine the end is left', async (t) => {
  t.equal(withoutPaths('-kernel /home/me/secret/cache/bzImage'), '-kernel …/cache/bzImage')
  t.equal(withoutPaths('unix:/run/irqlab-Xy1/qmp,server=on'), 'unix:…/irqlab-Xy1/qmp,server=on')
  t.equal(withoutPaths('patch=/srv/a/b.patch,x=(/root/c/d)'), 'patch=…/a/b.patch,x=(…/c/d)')
})

await t.test('what is the same everywhere stays', async (t) => {
  for (const text of [
    '/usr/bin/qemu-system-x86_64 -nodefaults',
    '/proc/irq/28/smp_affinity_list reads 3',
    '/dev/kvm only emulates',
    'patch=harness/mutants/a.patch',
    '3/4 of 5 / 6',
  ])
    t.equal(withoutPaths(text), text)
})
