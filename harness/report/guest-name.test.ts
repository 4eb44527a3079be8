import t from 'tap'
import { guestName } from './guest-name.ts'

await t.test('a guest that is not the micro guest is named, without paths and keys', async (t) => {
  const of = (flavour: 'micro' | 'debian-full' | 'qcow2', source?: string) =>
    guestName({ flavour, sha256: '', ...(source === undefined ? {} : { source }) })
  t.equal(of('micro'), undefined)
  t.equal(of('debian-full'), 'debian-full')
  t.equal(of('debian-full', 'debian-full,balancers=running'), 'debian-full,balancers=running')
  t.equal(of('qcow2', 'qcow2:~/images/rhel.qcow2,user=me,key=~/.ssh/id'), 'qcow2:rhel.qcow2')
})
