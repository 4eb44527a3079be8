import t from 'tap'
import { missingOptions, neededToBoot, neededToTrace, parseKernelConfig } from './kernel-config.ts'

const text =
  '#\n# Linux\n#\nCONFIG_SMP=y\nCONFIG_VIRTIO_NET=m\n# CONFIG_X is not set\nCONFIG_NAME="a b=c"\n\nCONFIG_HZ=250\n'
const config = parseKernelConfig(text, 'here')
t.same(Object.fromEntries(config), {
  CONFIG_SMP: 'y',
  CONFIG_VIRTIO_NET: 'm',
  CONFIG_NAME: '"a b=c"',
  CONFIG_HZ: '250',
})

for (const line of ['SMP=y', 'CONFIG_SMP', 'CONFIG_SMP=', 'hello']) {
  t.throws(() => parseKernelConfig(`CONFIG_A=y\n${line}\n`, 'my.config'), {
    name: 'Trouble',
    message: `my.config:2 is no line of a kernel configuration: "${line}"`,
  })
}

const needed = [
  { option: 'CONFIG_SMP', orModule: false, why: 'a' },
  { option: 'CONFIG_VIRTIO_NET', orModule: true, why: 'b' },
  { option: 'CONFIG_HZ', orModule: false, why: 'c' },
  { option: 'CONFIG_X', orModule: false, why: 'd' },
]
const names = (canLoad: boolean): unknown =>
  missingOptions(config, needed, canLoad).map(({ option, found }) => [option, found])
t.same(names(true), [
  ['CONFIG_HZ', '250'],
  ['CONFIG_X', undefined],
])
t.same(names(false), [
  ['CONFIG_VIRTIO_NET', 'm'],
  ['CONFIG_HZ', '250'],
  ['CONFIG_X', undefined],
])
t.same(missingOptions(config, [{ option: 'CONFIG_VIRTIO_NET', orModule: false, why: '' }], true).length, 1)

const all = [...neededToBoot, ...neededToTrace].map(({ option }) => option)
t.equal(new Set(all).size, all.length, 'nothing is asked for twice')
