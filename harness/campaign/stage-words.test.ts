import t from 'tap'
import type { LimitName } from '../base/limits.ts'
import { stageWords } from './stage-words.ts'

const boot: readonly LimitName[] = [
  'boot.qemu',
  'boot.firmware',
  'boot.kernel',
  'boot.init',
  'boot.network',
  'boot.ssh',
]
const words = boot.map(stageWords)
t.equal(new Set(words).size, boot.length, 'each stage of a boot has words of its own')
for (const said of words) t.notMatch(said, /boot\.|^[A-Z][a-z]/, `${said}: in the middle of a line`)
t.equal(stageWords('guest.command'), 'guest.command', 'a stage without words is named')
