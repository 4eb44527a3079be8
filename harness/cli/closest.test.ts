import t from 'tap'
import { closest } from './closest.ts'

const known = ['deferred-move', 'immediate-move', 'quiet-queue']

t.equal(closest('deferred-mov', known), '; did you mean "deferred-move"?')
t.equal(closest('defered-move', known), '; did you mean "deferred-move"?')
t.equal(closest('imediate-mvoe', known), '; did you mean "immediate-move"?')
t.equal(closest('quiet', known), '; did you mean "quiet-queue"?', 'the beginning of a name')
t.equal(closest('', known), '', 'nothing is near to nothing')
t.equal(closest('something-else', known), '')
t.equal(closest('move', known), '')
