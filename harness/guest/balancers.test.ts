import t from 'tap'
import { settleBalancers } from './balancers.ts'
import { guestThatSays } from './guest-that-says-fixture.ts'

const saying = (answer: string) => guestThatSays([[/./, answer]])

await t.test('a guest without any', async (t) => {
  t.same(await settleBalancers(saying('').commands, 'stopped'), { writers: [], notes: [] })
})

await t.test('what runs is stopped and told, or left and told', async (t) => {
  const { commands, scripts } = saying('runs irqbalance\nruns tuned\nruns tuned\n')
  t.match(await settleBalancers(commands, 'stopped'), {
    writers: ['irqbalance', 'tuned'],
    notes: [/^irqbalance ran .* was stopped/, /^tuned ran/],
  })
  t.match(scripts[0], /systemctl mask --runtime --now irqbalance\.service .*[^]*rc-service \$1 stop/)
  t.match(await settleBalancers(commands, 'running'), {
    writers: ['irqbalance', 'tuned'],
    notes: [/^irqbalance runs in the guest/, /^tuned runs/],
  })
  t.notMatch(scripts[1], /stop|kill/)
})

await t.test('one that does not go is trouble, with the other way', async (t) => {
  await t.rejects(settleBalancers(saying('runs irqbalance\nstays irqbalance\n').commands, 'stopped'), {
    name: 'Trouble',
    stage: 'boot.system',
    message: /irqbalance of the guest writes affinities, and cannot be stopped/,
    hint: /balancers=running/,
  })
})
