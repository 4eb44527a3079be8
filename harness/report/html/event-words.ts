/** What does one event of a trace say, in plain words, and as what is it drawn? */
import type { MoveEvidence } from '../../irq/move-evidence.ts'
import type { TraceEvent } from '../../irq/trace-event.ts'
import { actVerb } from './move-window.ts'
import type { EventKind } from './report-data.ts'

/** IRQD_SETAFFINITY_PENDING in the state word that our probes fetch. */
const PENDING = 0x100

/** `brief` stands beside its mark where there is room. */
type Words = readonly [kind: EventKind, words: string, brief: string]

/** `isArrival`: this event is the one by which an interrupt is counted. */
export function eventWords(event: TraceEvent, move: MoveEvidence, isArrival: boolean): Words {
  const { name, fields, cpu } = event
  const slot = (cpuField: string, vectorField: string) =>
    `vector ${fields[vectorField] ?? '?'} of CPU ${fields[cpuField] ?? '?'}`
  if (isArrival) return ['interrupt', `an interrupt is counted on CPU ${cpu}`, 'interrupt']
  switch (name) {
    case 'tracing_mark_write':
      return actWords(event, move)
    case 'set':
      return ['write', `the request reaches the irq core; pending ${pendingWord(fields['st'])}`, 'request']
    case 'setr':
      return fields['ret'] === '0'
        ? ['write', 'the irq core accepts it', 'accepted']
        : ['write', `the irq core answers ${fields['ret']}`, 'refused']
    case 'irq_handler_entry':
      return ['handler', 'the handler runs', 'handler']
    case 'move':
      return ['try', `the kernel tries the pending move; pending ${pendingWord(fields['st'])}`, 'move tried']
    case 'vector_alloc':
      return fields['ret'] === '0'
        ? ['other', `vector ${fields['vector']} is chosen`, 'chosen']
        : ['other', `no vector is found (${fields['ret']})`, 'no vector']
    case 'vector_update':
      return [
        'vector',
        `${slot('cpu', 'vector')} takes over from ${slot('prev_cpu', 'prev_vector')}`,
        'takes over',
      ]
    case 'taken':
      return ['vector', `${slot('cpu', 'vector')} is taken`, `vector ${fields['vector']} taken`]
    case 'vector_config':
      return [
        'set',
        `the hardware is set: CPU ${fields['cpu']}, vector ${fields['vector']}`,
        `hardware set: CPU ${fields['cpu']}`,
      ]
    case 'message':
      return ['other', 'the message of the MSI is written', 'message']
    case 'vector_free_moved':
      return ['vector', `${slot('cpu', 'vector')} is freed`, `vector ${fields['vector']} freed`]
    case 'given':
      return ['vector', `${slot('cpu', 'bit')} is given back`, 'given back']
    case 'retrigger':
      return ['try', 'the kernel fires the irq once more', 'fired again']
    case 'napi_gro_receive_entry':
      return ['other', 'the packet reaches the network stack', 'packet']
    default:
      return ['other', name.replaceAll('_', ' '), name]
  }
}

function actWords(event: TraceEvent, move: MoveEvidence): Words {
  const [kind, words] = actSentence(event, move)
  return [kind, words, actVerb(event) ?? '']
}

function actSentence(
  event: TraceEvent,
  { irq, batches, write }: MoveEvidence,
): readonly [kind: EventKind, words: string] {
  const { fields } = event
  const cpu = `CPU ${fields['cpu'] ?? '?'}`
  switch (actVerb(event)) {
    case 'write': {
      const file = fields['form'] === 'hex' ? 'smp_affinity' : 'smp_affinity_list'
      return ['write', `irqlab writes ${fields['mask'] ?? '?'} to /proc/irq/${irq.number}/${file}`]
    }
    case 'input':
      return ['write', `irqlab writes a text that must be refused`]
    case 'written':
      return ['write', write.error === undefined ? 'the write returns' : `the write fails: ${write.error}`]
    case 'hold':
      return ['act', 'the hold begins: nothing may change']
    case 'hold-end':
      return ['act', 'the hold ends']
    case 'probe': {
      const count = batches.find(({ mark }) => String(mark) === fields['batch'])?.sent.length
      return [
        'probe',
        count === undefined ? 'probes are sent' : `${count} ${count === 1 ? 'probe is' : 'probes are'} sent`,
      ]
    }
    case 'offline':
      return ['act', `${cpu} is being taken offline`]
    case 'offlined':
      return ['act', `${cpu} is offline`]
    case 'online':
      return ['act', `${cpu} is being brought online`]
    case 'onlined':
      return ['act', `${cpu} is online`]
    case 'close':
      return ['act', 'the handler of the irq is being removed']
    case 'closed':
      return ['act', 'the irq has no handler']
    case 'open':
      return ['act', 'the irq is being given a handler']
    case 'opened':
      return ['act', 'the irq has a handler']
    case undefined:
    default:
      return ['act', event.text.replace(/^irqlab /, '')]
  }
}

function pendingWord(state: string | undefined): string {
  const word = Number(state)
  if (state === undefined || Number.isNaN(word)) return 'not seen'
  return (word & PENDING) === 0 ? 'no' : 'yes'
}
