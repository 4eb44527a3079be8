import t from 'tap'
import { byLink } from './link-firing.ts'

await t.test(
  'the link goes down and up in turn, and the guest notes each when its carrier follows',
  async (t) => {
    const log: string[] = []
    const firing = byLink(
      { check: (script) => Promise.resolve(void log.push(script)).then(() => '') },
      { execute: (command, args) => Promise.resolve(void log.push(`${command} ${JSON.stringify(args)}`)) },
    )
    await firing.fire('a')
    await firing.fire('b')
    t.equal(log[0], 'set_link {"name":"test-nic","up":false}')
    t.match(log[1], /carrier; \[ "\$c" != 0 \].*printf a >>\/run\/irqlab-config/)
    t.equal(log[2], 'set_link {"name":"test-nic","up":true}')
    t.match(log[3], /carrier; \[ "\$c" != 1 \].*printf b >>/)
    t.equal(await firing.taken(2), 2, 'QEMU has answered')
  },
)
