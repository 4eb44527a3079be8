/** Where is the kernel in a tree of unpacked packages? */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What was found. All paths are absolute. */
export interface UnpackedKernel {
  readonly release: string
  readonly image: string
  /** Absent: the packages hold none. */
  readonly config: string | undefined
  /** The directory of its modules; absent: the packages hold none. */
  readonly tree: string | undefined
}

/**
 * Every kernel below `root`. Up to 7.1 Debian's image is in /boot and its modules in /lib; later all of it is in
 * /usr/lib/modules/RELEASE, in three packages. `make bindeb-pkg` does as the former.
 */
export function unpackedKernels(root: string): readonly UnpackedKernel[] {
  const trees = ['lib/modules', 'usr/lib/modules'].flatMap((dir) =>
    namesIn(join(root, dir)).map((release) => ({ release, tree: join(root, dir, release) })),
  )
  const inBoot = namesIn(join(root, 'boot'))
    .filter((name) => name.startsWith('vmlinuz-'))
    .map((name) => ({ release: name.slice('vmlinuz-'.length), image: join(root, 'boot', name) }))
  const inTree = trees
    .map(({ release, tree }) => ({ release, image: join(tree, 'vmlinuz') }))
    .filter(({ image }) => existsSync(image))
  return [...inBoot, ...inTree].map(({ release, image }) => {
    const own = trees.filter((one) => one.release === release).map(({ tree }) => tree)
    const configs = [join(root, `boot/config-${release}`), ...own.map((tree) => join(tree, 'config'))]
    return {
      release,
      image,
      config: configs.find((path) => existsSync(path)),
      tree: own.find((tree) => holdsModules(tree)),
    }
  })
}

/** linux-base makes the directory as well, with no module in it. */
function holdsModules(tree: string): boolean {
  return existsSync(join(tree, 'kernel'))
}

function namesIn(dir: string): readonly string[] {
  return existsSync(dir) ? readdirSync(dir) : []
}
