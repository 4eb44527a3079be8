/** Which linux-source package is meant, and what is said when there is none. */
import t from 'tap'
import { parseBuildBase } from './build-base.ts'
import { choose, noSuchSource } from './debian-tree.ts'

const all = [
  { name: 'linux-source-6.12', version: '6.12.117-1' },
  { name: 'linux-source-6.12', version: '6.12.117-1~deb12u1' },
  { name: 'linux-source-6.12', version: '6.12.94-1' },
  { name: 'linux-source-7.3', version: '7.3.4-1~bpo13+1' },
]

function base(text: string) {
  const parsed = parseBuildBase(text)
  if (parsed.kind !== 'debian-source') throw new Error(text)
  return parsed
}

await t.test('the newest by the rules of Debian, or exactly the one that was asked for', (t) => {
  t.equal(choose(all, base('debian-source:6.12'))?.version, '6.12.117-1')
  t.equal(choose(all, base('debian-source:6.12.94-1'))?.version, '6.12.94-1')
  t.equal(choose(all, base('debian-source:6.12.95-1')), undefined)
  t.equal(choose(all, base('debian-source:6.1')), undefined)
  t.end()
})

await t.test('what there is instead is named', (t) => {
  t.equal(
    noSuchSource(all, base('debian-source:6.6')).message,
    'debian-source:6.6: Debian has no linux-source-6.6; there are debian-source:6.12, debian-source:7.3',
  )
  t.match(
    noSuchSource(all, base('debian-source:6.12.95-1')).message,
    /no such version of linux-source-6\.12; there are 6\.12\.94-1, 6\.12\.117-1~deb12u1, 6\.12\.117-1$/,
  )
  t.end()
})
