/** A record as a passed run leaves it, for tests that change one thing of it. */
import { RECORD_SCHEMA, type RunRecord } from './run-record.ts'

/** A verdict of a law that held. */
export function aVerdict(
  changes: Partial<RunRecord['verdicts'][number]> = {},
): RunRecord['verdicts'][number] {
  return {
    law: 'accepted',
    queue: 'input.0',
    irq: 28,
    move: 1,
    state: 'held',
    sentence: '2 was written and reads back at once',
    numbers: { requested: '2', returned: 0 },
    ...changes,
  }
}

/** The record. */
export function aRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: RECORD_SCHEMA,
    run: '20261122T104612Z-deferred-move/deferred-move/6.1.0-56-cloud-amd64/plain',
    scenario: 'deferred-move',
    question: 'Does a new affinity wait for the next interrupt, and then take effect?',
    outcome: 'pass',
    reason: '2 verdicts held',
    kernel: { release: '6.1.0-56-cloud-amd64', source: 'debian:6.1', sha256: 'ab'.repeat(32) },
    guest: { flavour: 'micro', sha256: 'cd'.repeat(32) },
    machine: { name: 'plain' },
    accel: { used: 'tcg', reason: 'TCG was asked for', qemu: 'QEMU emulator version 7.2.22' },
    seed: 1,
    attempts: 1,
    options: { append: '', qemuArgs: [], timeoutScale: 1 },
    verdicts: [aVerdict(), aVerdict({ law: 'held', sentence: 'nothing changed for 1 s' })],
    timings: { startedAt: '2026-11-22T10:46:12.000Z', spawnToReadyMs: 3300, totalMs: 14_900 },
    argv: ['/usr/bin/qemu-system-x86_64', '-nodefaults', '-kernel', '/cache/bzImage'],
    files: ['record.json', 'serial.log'],
    leaks: [],
    ...changes,
  }
}
