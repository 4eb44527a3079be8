import t from 'tap'
import { stallCause } from './stall.ts'

const fault = { kind: 'soft lockup', line: 'BUG: soft lockup - CPU#1 stuck for 22s!', stall: true } as const
const window = { wallMs: 30_000, threads: 4 }

await t.test('a stall of vCPUs that had their CPU time is the kernel’s', async (t) => {
  for (const waitedMs of [0, 100, 2500]) {
    t.match(
      stallCause(fault, { ...window, ranMs: 10_000, waitedMs }, ['line']),
      { name: 'KernelFault', kind: 'soft lockup', message: /CPU#1 stuck/, console: ['line'] },
      `${waitedMs} ms of 10 s`,
    )
  }
  t.match(
    stallCause(fault, { ...window, ranMs: 0, waitedMs: 0 }, []),
    { name: 'KernelFault' },
    'idle is not starved',
  )
})

await t.test('a stall of vCPUs that were kept waiting is trouble', async (t) => {
  t.match(stallCause(fault, { ...window, ranMs: 6000, waitedMs: 4000 }, ['line']), {
    name: 'Trouble',
    stage: 'starved',
    message: 'soft lockup in the guest, whose vCPUs waited 40 % of their time for a host CPU',
    console: ['line'],
    hint: /timeout-scale/,
  })
  t.match(stallCause(fault, { ...window, ranMs: 0, waitedMs: 4000 }, []), { message: /waited 100 %/ })
})

await t.test('a host that cannot say how long they waited proves nothing', async (t) => {
  t.match(stallCause(fault, { ...window, ranMs: 6000, waitedMs: undefined }, []), {
    name: 'Trouble',
    stage: 'starved',
    hint: /SCHED_INFO/,
  })
})
