import t from 'tap'
import { fakeModule } from './module-fixture.ts'
import { moduleName, parseModuleInfo } from './module-info.ts'

t.same(
  parseModuleInfo(fakeModule({ name: 'virtio-rng', depends: 'virtio,virtio-ring', release: '7.3.4+x' })),
  {
    name: 'virtio_rng',
    depends: ['virtio', 'virtio_ring'],
    release: '7.3.4+x',
  },
)
t.same(parseModuleInfo(fakeModule({ name: 'virtio' })).depends, [])
t.equal(moduleName('a-b-c_d'), 'a_b_c_d')

const whole = fakeModule({ name: 'x' })
t.throws(() => parseModuleInfo(Buffer.from('no module')), { message: /no 64-bit ELF/ })
t.throws(() => parseModuleInfo(whole.subarray(0, whole.length - 1)), { message: /cut off/ })
t.throws(() => parseModuleInfo(fakeModule({ name: '' })), { message: /no name/ })
const other = Buffer.from(whole)
other.write('.nothing', other.indexOf('.modinfo'), 'latin1')
t.throws(() => parseModuleInfo(other), { message: /no \.modinfo section/ })
const thirtyTwo = Buffer.from(whole)
thirtyTwo[4] = 1
t.throws(() => parseModuleInfo(thirtyTwo), { message: /no 64-bit ELF/ })
