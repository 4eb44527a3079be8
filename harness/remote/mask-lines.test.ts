import t from 'tap'
import { parseJournal, parseRestoring, restoringWords } from './mask-lines.ts'

await t.test('each irq, what became of its mask, and all of it in words', (t) => {
  const said = parseRestoring(
    [
      'masks restored irq=24 mask=f action=virtio1-input.0',
      'masks restored irq=25 mask=ff,00000000 action=',
      'masks same irq=26 mask=3 action=x y',
      'masks gone irq=27 mask=1 action=eth0',
      'masks other irq=28 mask=1 action=eth0 now=eth1',
      'masks refused irq=29 mask=80 action=eth2 now=1 Invalid argument',
      'masks guard restored irq=30 mask=1 action=z',
    ].join('\n'),
  )
  t.match(said.fates, [
    { fate: 'restored', irq: 24, mask: 'f' },
    { fate: 'restored', irq: 25, mask: 'ff,00000000' },
    { fate: 'same', irq: 26 },
    { fate: 'gone', irq: 27 },
    { fate: 'other', irq: 28 },
    { fate: 'refused', irq: 29, rest: 'action=eth2 now=1 Invalid argument' },
  ])
  t.equal(said.fates.length, 6, 'the guard’s are its own')
  t.equal(
    restoringWords(said),
    'the masks of irqs 24, 25 are as before: effective follows with the next interrupt of each; irqs 27 are gone, and their masks with them; irqs 28 serve something else now, and were left alone; the mask 80 of irq 29 could not be written back (action=eth2 now=1 Invalid argument)',
  )
  t.end()
})

await t.test('what the guard did, a reboot, and nothing at all', (t) => {
  const guard = parseRestoring('masks guard restored irq=30 mask=1 action=z\n', 'guard')
  t.match(guard.fates, [{ fate: 'restored', irq: 30 }])
  t.match(restoringWords(parseRestoring('masks rebooted\n')), 'booted since')
  t.equal(restoringWords(parseRestoring('masks same irq=1 mask=1 action=\n')), undefined)
  t.equal(parseJournal('masks none\n'), undefined)
  t.equal(parseJournal('masks journal a b\nmasks journal irq 1 f x\n'), 'a b\nirq 1 f x\n')
  t.end()
})
