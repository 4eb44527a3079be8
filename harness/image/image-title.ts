/** What is an image in the cache, in the words of a person? For `irqlab image list`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CachedImage } from './cache.ts'
import { readFacts, readPackages } from './image-facts.ts'

const titles: Readonly<Record<string, string>> = {
  initrd: 'a guest with the modules of one kernel',
  modules: 'modules of a kernel of your own',
  source: 'which version of a linux-source package is the newest',
  config: 'configuration found inside a kernel of your own',
  memory: 'what was found out about this host: its QEMU, its KVM',
  bisect: 'what a bisection knows, to go on with it',
  warm: 'a booted guest, put aside',
  aside: 'a guest that is being put aside, or was when the machine died',
  partial: 'left by a build that died',
}

/** One line: `Linux 6.1.0-56-cloud-amd64 (Debian 6.1.192-2)`. An image that is damaged is called so. */
export function imageTitle({ name, path }: CachedImage): string {
  const kind = name.split('-')[0] ?? ''
  try {
    if (kind === 'kernel') {
      const fact = readFacts(path)
      const origin = name.startsWith('kernel-deb-') ? 'from a .deb,' : 'Debian'
      return `Linux ${fact('release')} (${origin} ${fact('packageVersion')})`
    }
    if (kind === 'built') {
      const fact = readFacts(path)
      return `Linux ${fact('release')} (built from ${fact('base')})`
    }
    if (kind === 'tree') return `sources and objects of ${readFacts(path)('of')}`
    if (kind === 'micro') {
      const main = readPackages(path).filter((one) => /^(busybox-static|dropbear-bin)$/.test(one.name))
      return `the micro guest (${main.map((one) => `${one.name} ${one.version}`).join(', ')})`
    }
    if (kind === 'full') {
      const main = readPackages(path).filter((one) => /^(systemd|irqbalance)$/.test(one.name))
      return `the full Debian guest (${main.map((one) => `${one.name} ${one.version}`).join(', ')})`
    }
  } catch {
    return existsSync(join(path, 'facts.json')) ? 'damaged' : 'unfinished'
  }
  const label = kind === 'warm' ? `: ${name.split('-').slice(1, -1).join('-')}` : ''
  return `${titles[kind] ?? kind}${label}`
}
