import { join } from 'node:path'
import t from 'tap'
import { parseGuestSource } from './guest-source.ts'

const disk = Buffer.alloc(4096)
disk.writeUInt16LE(0xaa55, 510)
const dir = t.testdir({ 'disk.img': disk, key: 'a key' })
const image = `qcow2:${join(dir, 'disk.img')}`
const parse = (text: string, env: Record<string, string> = {}) => parseGuestSource(text, env)

await t.test('our own guests', async (t) => {
  t.same(parse('micro'), { kind: 'micro', text: 'micro' })
  t.match(parse('debian-full'), { kind: 'debian-full', balancers: 'stopped' })
  t.match(parse('debian-full,balancers=running'), { balancers: 'running' })
})

await t.test('an image: cloud-init’s user, or one that is there', async (t) => {
  t.match(parse(image), {
    kind: 'qcow2',
    path: join(dir, 'disk.img'),
    format: 'raw',
    login: undefined,
    port: 22,
    balancers: 'stopped',
    root: undefined,
  })
  const key = join(dir, 'key')
  t.match(parse(`${image},user=admin,key=${key},port=2200,root=/dev/vda1`), {
    login: { user: 'admin', keyFile: key },
    port: 2200,
    root: '/dev/vda1',
  })
  t.match(parse(`${image},key=${key}`), { login: { user: 'root', keyFile: key } })
  t.match(parse(`${image},user=admin`, { SSH_AUTH_SOCK: '/agent' }), {
    login: { user: 'admin', keyFile: undefined },
  })
})

await t.test('what is wrong, and what would be right', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /--guest "": give micro, debian-full or qcow2:PATH/],
    ['fedora', /give micro, debian-full or qcow2:PATH/],
    ['micro:x', /give micro/],
    ['qcow2', /give micro/],
    ['qcow2:', /give the path of an image behind qcow2:/],
    ['qcow2:/nowhere.qcow2', /ENOENT/],
    ['micro,balancers=running', /"balancers=running" is no setting of it; it takes no settings/],
    ['debian-full,user=a', /it takes balancers=/],
    ['debian-full,balancers=maybe', /balancers is "maybe"; give stopped, running, restarted/],
    ['debian-full,balancers=running,balancers=running', /balancers= is there twice/],
    [`${image},user=a b,key=${dir}/key`, /"a b" is no name of a user/],
    [`${image},user=admin`, /no key=FILE, and no agent either/],
    [`${image},key=${dir}/none`, /is no file that can be read/],
    [`${image},port=0`, /port is "0"; give a number from 1 to 65535/],
    [`${image},root=vda1`, /root is "vda1"; give a device such as/],
  ]
  for (const [text, message] of cases) t.throws(() => parse(text), { name: 'UsageError', message }, text)
})
