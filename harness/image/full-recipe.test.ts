import t from 'tap'
import { managementTap, testTap } from '../host/tap.ts'
import { run } from '../host/shell.ts'
import { diskInit, modulesForDisk, readFullRecipe } from './full-recipe.ts'
import { readMicroRecipe } from './micro-recipe.ts'

await t.test('the recipe is a whole system, with a balancer that runs by itself', async (t) => {
  const { packages, masked } = readFullRecipe()
  for (const name of ['systemd-sysv', 'openssh-server', 'irqbalance', 'ethtool'])
    t.ok(packages.includes(name))
  t.notOk(masked.some((unit) => unit.startsWith('irqbalance')))
})

await t.test('its kernel brings what the micro guest loads, and the way to the disk', async (t) => {
  const { modules, deviceModules } = modulesForDisk()
  const micro = readMicroRecipe()
  t.same(modules, micro.modules)
  t.match(deviceModules, { ...micro.deviceModules, 'root-disk': ['virtio_blk', 'ext4'] })
})

await t.test('its first program', async (t) => {
  const init = diskInit()
  await t.resolves(run(['sh', '-n'], { stage: 'test', limitMs: 10_000, input: init }), 'a shell can read it')
  for (const [name, { guest, host }] of [
    ['mgmt', managementTap],
    ['test0', testTap(4)],
  ] as const) {
    t.ok(init.includes(`=${guest.mac}\n`), `${name} by its MAC`)
    t.ok(init.includes(`up ${name} ${guest.address} ${host.address} ${host.mac} ;;`), name)
  }
  for (const list of Object.keys(readFullRecipe().diskModules))
    t.ok(init.includes(`load load-order-${list}\n`))
  const steps = init.split('\n').filter((line) => /failed=\$\(/.test(line))
  t.ok(steps.length > 5)
  for (const step of steps) t.match(step, /\|\| give_up "/)
})
