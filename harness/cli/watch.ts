/** `irqlab diagnose --watch`: looks again and again until the person leaves, and gives the terminal back whatever happens. */
import { Interrupted } from '../base/errors.ts'
import { readCapture } from '../capture/read.ts'
import type { TakeOptions } from '../capture/take.ts'
import type { Host } from '../capture/target.ts'
import { diagnose } from '../diagnose/diagnose.ts'
import { observe } from '../diagnose/observe.ts'
import { Watched } from '../diagnose/watched.ts'
import { paletteFor } from '../report/colour.ts'
import { FullScreen } from '../report/full-screen.ts'
import { watchLines, type WatchView } from '../report/watch-lines.ts'

/** One look takes this long, and there is no pause between two: so many frames, and no more, are drawn. */
const LOOK_SECONDS = 1

/** Thrown within, to leave. */
class Leave extends Error {}

/** Gives the exit code. Throws `Interrupted` for Ctrl-C and signals, `Trouble` when the machine cannot be read any more. */
export async function watchHost(host: Host, what: string, taking: TakeOptions): Promise<number> {
  const palette = paletteFor(process.stdout)
  const leaving = new AbortController()
  const signal = AbortSignal.any([taking.signal, leaving.signal])
  const screen = new FullScreen(process.stdout)
  let from = 0
  let view: Omit<WatchView, 'from' | 'columns' | 'rows'> | undefined
  const draw = () => {
    const { columns, rows } = screen
    screen.draw(
      view === undefined
        ? [[{ text: `${what}: looking ...` }]]
        : watchLines({ ...view, from, columns, rows }, palette),
    )
  }
  const restore = () => {
    screen.leave()
    process.stdin.setRawMode(false)
  }
  const onKey = (key: string) => {
    if (key === 'q' || key === 'Q' || key === '\u001B') leaving.abort(new Leave())
    else if (key === '\u0003') leaving.abort(new Interrupted('SIGINT'))
    else {
      from = Math.max(0, from + (SCROLLS.get(key) ?? 0))
      draw()
    }
  }
  const onInput = (typed: Buffer) => {
    for (const key of typed.toString('latin1').match(KEYS) ?? []) onKey(key)
  }
  process.stdin.setRawMode(true)
  process.stdin.resume()
  process.stdin.on('data', onInput)
  process.stdout.on('resize', draw)
  // For an end that leaves no time for a `finally`: it is one write.
  process.once('exit', restore)
  try {
    draw()
    const watched = new Watched()
    for (;;) {
      const capture = await readCapture(host, { ...taking, intervalSeconds: LOOK_SECONDS, signal })
      const diagnosis = diagnose(observe(capture))
      view = { what, diagnosis, irqs: watched.next(diagnosis, performance.now()) }
      draw()
    }
  } catch (error) {
    if (signal.reason instanceof Leave) return 0
    throw signal.aborted ? signal.reason : error
  } finally {
    restore()
    process.off('exit', restore)
    process.stdin.off('data', onInput)
    process.stdout.off('resize', draw)
    process.stdin.pause()
  }
}

/** A fast hand, or a slow line, brings several at once. */
const KEYS = /\p{Cc}\[[0-9]*[A-Z~]|[^]/gu

/** Rows that a key scrolls: arrows and pages, and their letters. */
const SCROLLS: ReadonlyMap<string, number> = new Map([
  ['\u001B[A', -1],
  ['k', -1],
  ['\u001B[B', 1],
  ['j', 1],
  ['\u001B[5~', -20],
  ['\u001B[6~', 20],
])
