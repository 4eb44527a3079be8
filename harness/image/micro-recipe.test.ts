import t from 'tap'
import { managementTap, testTap } from '../host/tap.ts'
import { run } from '../host/shell.ts'
import { readMicroRecipe } from './micro-recipe.ts'

const recipe = readMicroRecipe()

await t.test('the recipe names what init runs', async (t) => {
  t.same(recipe.programs, ['/bin/busybox', '/usr/sbin/dropbear'])
  t.match(recipe.init, /^#!\/bin\/busybox sh\n/)
  t.ok(recipe.packages.length > 0)
  t.ok(recipe.modules.length > 0)
})

await t.test('init is a script that a shell can read', async (t) => {
  await t.resolves(run(['sh', '-n'], { stage: 'test', limitMs: 10_000, input: recipe.init }))
})

await t.test('init gives each interface the addresses that our side expects', async (t) => {
  const [management, underTest] = [managementTap, testTap(4)]
  t.ok(recipe.init.includes(`\nmanagement=${management.guest.mac}\n`))
  t.ok(recipe.init.includes(`\nunder_test=${underTest.guest.mac}\n`))
  for (const [name, { guest, host }] of [
    ['mgmt', management],
    ['test0', underTest],
  ] as const) {
    t.ok(recipe.init.includes(`up ${name} ${guest.address} ${host.address} ${host.mac} ;;`), name)
  }
})

await t.test('every failure in init is told on the console', async (t) => {
  const steps = recipe.init.split('\n').filter((line) => /failed=\$\(/.test(line))
  t.ok(steps.length > 5)
  for (const step of steps) t.match(step, /\|\| trouble "/)
})
