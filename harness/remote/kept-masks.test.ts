import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { KeptMasks } from './kept-masks.ts'

await t.test('a copy of the journal, for as long as masks may not be as they were', (t) => {
  const state = t.testdir()
  const kept = new KeptMasks({ destination: 'ann@db7.example', port: 2222 }, { XDG_STATE_HOME: state })
  t.equal(kept.path, join(state, 'irqlab/hosts/ann@db7.example-2222.masks'))
  t.equal(kept.read(), undefined)
  kept.write('irqlab.masks/1 boot=a\nirq 24 f x\n')
  kept.write('irqlab.masks/1 boot=b\nirq 24 f x\n')
  t.equal(kept.read(), 'irqlab.masks/1 boot=b\nirq 24 f x\n')
  t.equal(statSync(kept.path).mode & 0o777, 0o600)
  t.same(readdirSync(dirname(kept.path)), ['ann@db7.example-2222.masks'], 'nothing half-made')
  kept.forget()
  kept.forget()
  t.equal(kept.read(), undefined)
  t.end()
})

await t.test(
  'an address with colons makes a plain name; without a state directory it is in the home',
  (t) => {
    const kept = new KeptMasks(
      { destination: 'root@fe80::1%eth0', port: undefined },
      { XDG_STATE_HOME: 'here' },
    )
    t.match(kept.path, /^\/.*\/\.local\/state\/irqlab\/hosts\/root@fe80__1_eth0\.masks$/)
    t.end()
  },
)

await t.test('what cannot be kept is told before anything is changed', (t) => {
  const file = join(t.testdir(), 'file')
  writeFileSync(file, '')
  const kept = new KeptMasks({ destination: 'h', port: undefined }, { XDG_STATE_HOME: file })
  t.throws(() => kept.write('x'), { stage: 'host.masks', message: /cannot be kept in/, lasting: true })
  t.end()
})
