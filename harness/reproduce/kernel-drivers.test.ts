/** Is a driver only counted on where Debian builds it? */
import t from 'tap'
import { driversIn } from './kernel-drivers.ts'

const none = { ahci: false, amdIommu: false }
t.same(driversIn('debian:6.1'), none)
t.same(driversIn('debian:6.1.192-2'), none)
t.same(driversIn('debian:6.12=6.12.117-1'), { ahci: true, amdIommu: false })
t.same(driversIn('debian:7.3.4-1~bpo13+1,flavour=cloud-amd64'), { ahci: true, amdIommu: false })
for (const generic of ['debian:5.10,flavour=amd64', 'debian:6.1.192-2,flavour=rt-amd64'])
  t.same(driversIn(generic), { ahci: true, amdIommu: true }, generic)
for (const unknown of ['debian-source:6.12', 'tree:../linux', 'bzImage,flavour=amd64', 'debian:'])
  t.same(driversIn(unknown), none, unknown)
