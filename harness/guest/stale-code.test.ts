import t from 'tap'
import { faultIn, type FaultLine, moreTelling } from './kernel-faults.ts'
import { REAL_TRAP, STALE_TRAP } from './stale-code-fixture.ts'
import { awaitsCode, staleCodeTrouble } from './stale-code.ts'

/** The lines, and the fault among them as console and kernel log find it. */
function read(text: string): { readonly lines: readonly string[]; readonly fault: FaultLine } {
  const lines = text.split('\n')
  const fault = lines.map(faultIn).reduce((first, next) => moreTelling(first, next), undefined)
  if (fault === undefined) throw new RangeError('the excerpt has no fault')
  return { lines, fault }
}

function judged(text: string, emulated = true) {
  const { lines, fault } = read(text)
  return staleCodeTrouble(fault, lines, emulated)
}

await t.test('a trap on a breakpoint that memory does not hold is the emulator’s', async (t) => {
  const trouble = judged(STALE_TRAP)
  t.match(trouble, {
    name: 'Trouble',
    stage: 'emulator.stale-code',
    message: /QEMU's fault, not the kernel's.* at sched_clock_cpu\+0x9\/0x1f0 .* holds 66 there/,
    hint: /--retries 1.* newer QEMU/,
    lasting: false,
  })
  t.match(trouble?.console?.[0], /Oops: int3/, 'from the trap on, however much came after it')
  t.equal(trouble?.console?.length, 20)
})

await t.test('older kernels word the trap without Oops; dmesg puts its priority in front', async (t) => {
  t.ok(judged(STALE_TRAP.replaceAll('Oops: int3', 'int3')))
  t.ok(judged(STALE_TRAP.replaceAll(/^\[/gm, '<4>[')))
})

await t.test('under KVM, and where the breakpoint is there, it stays the kernel’s', async (t) => {
  t.equal(judged(STALE_TRAP, false), undefined)
  t.equal(judged(REAL_TRAP), undefined)
})

await t.test('other faults stay the kernel’s, whatever their code', async (t) => {
  t.equal(judged(STALE_TRAP.replaceAll('int3: 0000', '0002')), undefined)
  t.equal(judged(STALE_TRAP.replaceAll('int3: 0000', 'invalid opcode: 0000')), undefined)
  const warned = `WARNING: CPU: 2 PID: 0 at kernel/irq/chip.c:242 x+0x1/0x2\n${STALE_TRAP}`
  t.equal(judged(warned), undefined, 'the first fault decides')
})

await t.test('only the code of the trap itself says anything', async (t) => {
  const code = STALE_TRAP.split('\n').find((line) => line.includes('53 66 <90>')) ?? ''
  t.equal(judged(STALE_TRAP.replace(`${code}\n`, '')), undefined, 'not that of the interrupted task')
  t.equal(judged(STALE_TRAP.slice(0, STALE_TRAP.indexOf('Code:'))), undefined, 'cut short')
  t.equal(judged(STALE_TRAP.replaceAll(/Code: .*/g, 'Code: Unable to access opcode bytes')), undefined)
  t.ok(judged(STALE_TRAP.replaceAll(/RIP: 0010.*/g, '')), 'without a name of the place')
  t.ok(judged(STALE_TRAP.replaceAll('1f 84', '1f84')), 'the console lost a character before it')
  t.equal(
    judged(STALE_TRAP.replaceAll('66 <90>', '6 <90>')),
    undefined,
    'the console lost one of the byte itself',
  )
})

await t.test('a trap whose code is not printed yet is waited for', async (t) => {
  const cut = read(STALE_TRAP.slice(0, STALE_TRAP.indexOf('Code:')))
  t.equal(awaitsCode(cut.fault, cut.lines), true)
  for (const text of [STALE_TRAP, REAL_TRAP, 'Oops: 0002 [#1] SMP NOPTI']) {
    const { fault, lines } = read(text)
    t.equal(awaitsCode(fault, lines), false)
  }
  t.equal(awaitsCode(undefined, []), false)
})
