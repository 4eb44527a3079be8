import t, { type Test } from 'tap'
import { Deadline } from '../base/deadline.ts'
import { pause } from '../base/poll.ts'
import { Scope } from '../base/scope.ts'
import { SshConnection } from './connection.ts'
import { type CommandLogEntry, GuestShell } from './guest-shell.ts'
import { type FakeChannel, startServer } from './server-fixture.ts'

/** How a fake guest answers: the status, or the channel is its own to write to. */
type Answer = (command: string, channel: FakeChannel) => number | Promise<number>

/** What is sent for one command: its text, and the word that ends its answer. */
const REQUEST = /^\{ ([\s\S]*?)\n\} <\/dev\/null\nprintf '\\n%s %d\\n' (\S+) \$\?\n/

/** What the fake guest saw. */
interface Known {
  /** The last end mark. */
  mark: string
  /** What SSH was asked to run. */
  command: string
  /** How often there was more to read when a command was answered. */
  early: number
}

/** Reads commands as a shell does: one after the other, each answered before the next is looked at. */
async function readCommands(channel: FakeChannel, answer: Answer, known: Known): Promise<void> {
  let typed = ''
  for await (const text of channel.setEncoding('utf8')) {
    typed += String(text)
    for (let found = REQUEST.exec(typed); found !== null; found = REQUEST.exec(typed)) {
      const [request, command = '', mark = ''] = found
      typed = typed.slice(request.length)
      known.mark = mark
      const status = await answer(command, channel)
      if (typed !== '' || channel.readableLength > 0) known.early++
      const end = `\n${mark} ${status}\n`
      for (const piece of command === 'slow' ? end : [end]) {
        channel.write(piece)
        if (command === 'slow') await pause(1)
      }
    }
  }
}

/** A shell on a fake guest. */
async function shellOf(t: Test, answer: Answer) {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const known: Known = { mark: '', command: '', early: 0 }
  const server = await startServer(scope, (command, channel) => {
    known.command = command
    readCommands(channel, answer, known).catch(() => undefined)
  })
  const deadline = new Deadline('boot.ssh', 'The login', 5000)
  const connection = await SshConnection.connect(server.target, deadline)
  scope.onEnd('the connection', () => connection.close())
  const log: CommandLogEntry[] = []
  const shell = await GuestShell.open(connection, deadline, (entry) => log.push(entry))
  return { shell, log, known, connection, drop: server.drop }
}

/** A limit that nothing here should reach, unless said otherwise. */
function within(limitMs = 5000): Deadline {
  return new Deadline('guest.command', '`it` in the guest', limitMs)
}

await t.test('a command has its output and its status', async (t) => {
  const { shell, known } = await shellOf(t, (command, channel) => {
    channel.write(`did ${command}`)
    return command === 'true' ? 0 : 127
  })
  t.same(await shell.run('true', within()), { status: 0, output: 'did true' })
  t.same(await shell.run(' \n', within()), { status: 127, output: 'did :' }, 'nothing is still a command')
  t.same(await shell.run('nonsense\nin two lines', within()), {
    status: 127,
    output: 'did nonsense\nin two lines',
  })
  t.equal(known.command, 'exec /bin/sh 2>&1', 'one shell for all, both streams in one')
})

await t.test('output is given to the letter, with or without a newline at its end', async (t) => {
  const outputs = ['', '\n', 'no newline', 'newline\n', 'two\n\n', ' blanks \t\n', 'a\r\nb', 'µ 中 🙂']
  const { shell } = await shellOf(t, (command, channel) => {
    channel.write(outputs[Number(command)] ?? '')
    return 0
  })
  for (const [at, output] of outputs.entries()) {
    t.equal((await shell.run(String(at), within())).output, output, JSON.stringify(output))
  }
})

/** Output that is almost the end mark. */
function imitation(mark: string): string {
  return `${mark} 0\n\nirqlab-0123456789abcdef 0\nx ${mark} 0\n\n${mark}0\n`
}

await t.test('output that imitates the end mark is output', async (t) => {
  const { shell, known } = await shellOf(t, (_, channel) => {
    channel.write(imitation(known.mark))
    return 5
  })
  const { status, output } = await shell.run('imitate', within())
  t.equal(status, 5)
  t.equal(output, imitation(known.mark))
})

await t.test('each shell has a mark of its own', async (t) => {
  const { shell, known, connection } = await shellOf(t, () => 0)
  await shell.run('true', within())
  const first = known.mark
  const other = await GuestShell.open(connection, within(), () => undefined)
  await other.run('true', within())
  t.match(known.mark, /^irqlab-[0-9a-f]{16}$/)
  t.not(known.mark, first)
})

await t.test('huge output arrives whole, and soon', async (t) => {
  const line = `${'x'.repeat(99)}\n`
  const { shell } = await shellOf(t, (_, channel) => {
    for (let at = 0; at < 160; at++) channel.write(line.repeat(1000))
    return 0
  })
  const { output } = await shell.run('cat trace', within(20_000))
  t.equal(output.length, 16_000_000)
  t.ok(output.endsWith(line))
})

await t.test('an answer in small pieces is put together', async (t) => {
  const { shell } = await shellOf(t, async (_, channel) => {
    for (const letter of 'slow\n') {
      channel.write(letter)
      await pause(2)
    }
    return 0
  })
  t.equal((await shell.run('slow', within())).output, 'slow\n')
})

await t.test('commands that are given at once are run one after the other', async (t) => {
  const order: string[] = []
  const { shell, known } = await shellOf(t, async (command, channel) => {
    order.push(command)
    await pause(5)
    channel.write(command)
    return 0
  })
  const commands = ['a', 'b', 'c', 'd']
  const results = await Promise.all(commands.map((command) => shell.run(command, within())))
  t.same(
    results.map(({ output }) => output),
    commands,
  )
  t.same(order, commands)
  t.equal(known.early, 0, 'nothing is sent before the answer to what was sent first')
})

await t.test('a command that takes too long is named, and its late answer is nobody else’s', async (t) => {
  const { shell } = await shellOf(t, async (command, channel) => {
    if (command === 'slow') await pause(100)
    channel.write(`this is ${command}`)
    return command === 'slow' ? 1 : 0
  })
  await t.rejects(shell.run('slow', within(20)), {
    name: 'Trouble',
    stage: 'guest.command',
    message: '`it` in the guest took longer than 20 ms',
  })
  t.same(await shell.run('next', within()), { status: 0, output: 'this is next' })
})

await t.test(
  'a guest that dies in the middle of a command is trouble, whatever it had printed',
  async (t) => {
    const { shell, drop, log } = await shellOf(t, async (_, channel) => {
      channel.write('half an ans')
      await pause(20)
      drop()
      return new Promise<number>(() => undefined)
    })
    await t.rejects(shell.run('cat trace', within()), { name: 'Trouble', stage: /^ssh\.(shell|connection)$/ })
    await t.rejects(
      shell.run('true', within()),
      { name: 'Trouble', stage: /^ssh\./ },
      'nor is there another command',
    )
    t.same(log, [], 'what never ended is not in the log')
  },
)

await t.test('a shell that ends in the middle of a command is trouble', async (t) => {
  const { shell } = await shellOf(t, (_, channel) => {
    channel.exit(0)
    channel.end()
    return new Promise<number>(() => undefined)
  })
  await t.rejects(shell.run('exit 0', within()), {
    name: 'Trouble',
    stage: 'ssh.shell',
    message: /without an exit status/,
    hint: /serial\.log/,
  })
})

await t.test('every command that ended is logged', async (t) => {
  const { shell, log } = await shellOf(t, async (command, channel) => {
    await pause(10)
    channel.write('µ')
    return command === 'false' ? 1 : 0
  })
  await shell.run('true', within())
  await shell.run('false', within())
  t.match(log, [
    { command: 'true', status: 0, bytes: 2 },
    { command: 'false', status: 1, bytes: 2 },
  ])
  for (const { atMs, durationMs } of log) t.ok(Number.isInteger(atMs) && durationMs >= 9)
})
