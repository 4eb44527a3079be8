/** For our own tests: says in its trouble what time of day it is in the guest, and what its random numbers are. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'tells-the-time',
  question: 'Has a guest from a snapshot its own time of day and its own random numbers?',
  machine: 'plain',
  needs: [],

  async run({ sh }) {
    const said = await sh('date +%s; head -c 16 /dev/urandom | od -An -tx8 -v; cat /proc/uptime')
    throw new Error(`the guest says ${said.trim().replaceAll(/\s+/g, ' ')}`)
  },
})
