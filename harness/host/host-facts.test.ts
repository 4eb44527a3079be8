import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Scope } from '../base/scope.ts'
import { exchange } from './exchange.ts'
import { gitCommit, hostFacts, parseLimits } from './host-facts.ts'
import { makeWorkdir } from './workdir.ts'

const line = (name: string, value: string): string => `${name.padEnd(25)} ${value.padEnd(20)} 4096 units\n`

await t.test('the facts of this host are all there', async (t) => {
  const facts = await hostFacts()
  t.match(facts, {
    kernelRelease: /^\d+\.\d+/,
    architecture: 'x64',
    nodeVersion: process.version,
    distribution: /./,
    root: process.getuid?.() === 0,
  })
  t.ok(facts.cpus >= facts.usableCpus && facts.usableCpus >= 1)
  t.ok(facts.memoryMiB > facts.freeMemoryMiB)
  t.ok(facts.limits.openFiles === null || facts.limits.openFiles > 0)
  t.same(JSON.parse(JSON.stringify(facts)).limits, facts.limits, 'they can be written as JSON')
})

await t.test('limits: unlimited is null, a missing line is an error', async (t) => {
  const some = line('Max open files', '1024') + line('Max processes', 'unlimited')
  const rest = line('Max locked memory', '65536') + line('Max address space', 'unlimited')
  t.same(parseLimits(some + rest), {
    openFiles: 1024,
    processes: null,
    lockedMemoryBytes: 65_536,
    addressSpaceBytes: null,
  })
  t.throws(() => parseLimits(some), /Max locked memory/)
})

await t.test('the commit, and whether the tree differs from it', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const dir = await makeWorkdir(scope)
  const git = async (...args: string[]): Promise<string> => {
    const names = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgsign=false']
    const answer = await exchange(['git', ...names, ...args], { stage: 'test', limitMs: 5000, cwd: dir })
    if (answer.status !== 0) t.fail(answer.stderr)
    return answer.stdout.trim()
  }
  t.equal(await gitCommit(dir), undefined, 'no repository')
  await git('init', '-q')
  t.equal(await gitCommit(dir), undefined, 'no commit yet')
  writeFileSync(join(dir, 'a'), '1')
  await git('add', 'a')
  await git('commit', '-qm', 'first')
  const commit = await git('rev-parse', 'HEAD')
  t.same(await gitCommit(dir), { commit, dirty: false })
  writeFileSync(join(dir, 'a'), '2')
  t.same(await gitCommit(dir), { commit, dirty: true })
  t.equal(await gitCommit('/nowhere'), undefined)
})
