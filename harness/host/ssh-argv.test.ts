import t from 'tap'
import { ensureSsh, sshArgv } from './ssh-argv.ts'

await t.test('the user’s ssh, or the command that stands for it', async (t) => {
  const before = process.env['IRQLAB_SSH']
  t.teardown(() => {
    if (before === undefined) delete process.env['IRQLAB_SSH']
    else process.env['IRQLAB_SSH'] = before
  })
  delete process.env['IRQLAB_SSH']
  t.same(sshArgv({ destination: 'ann@h', port: undefined }, 'true'), ['ssh', '-T', '--', 'ann@h', 'true'])
  t.same(sshArgv({ destination: 'h', port: 2222 }, 'echo a b', ['-i', 'key']), [
    'ssh',
    '-i',
    'key',
    '-T',
    '-p',
    '2222',
    '--',
    'h',
    'echo a b',
  ])
  process.env['IRQLAB_SSH'] = 'no-such-ssh -J  jump'
  t.same(sshArgv({ destination: 'h', port: undefined }, 'true', ['-v']), [
    'no-such-ssh',
    '-J',
    'jump',
    '-v',
    '-T',
    '--',
    'h',
    'true',
  ])
  await ensureSsh(() => t.fail('nothing is installed for a command that was named'))
})
