/** Where does this machine get Debian packages from? Asked of apt, so that no mirror's name stands in our sources. */
import { Trouble, UsageError } from '../base/errors.ts'
import { run } from './shell.ts'

/** The two archives of Debian, as base URLs without a slash at the end. */
export interface DebianMirror {
  readonly debian: string
  readonly security: string
}

/**
 * The mirror from IRQLAB_DEBIAN_MIRROR (the URL whose path ends in `/debian`), else from the host's apt configuration.
 * Throws `UsageError` when the variable holds no URL, `Trouble` when apt knows no Debian mirror.
 */
export async function debianMirror(): Promise<DebianMirror> {
  const asked = process.env['IRQLAB_DEBIAN_MIRROR']
  if (asked !== undefined && asked !== '') return mirrorFromVariable(asked)
  // Only prints. `indextargets` would do, but knows nothing in a container whose package lists were removed.
  const { stdout } = await run(['apt-get', 'update', '--print-uris'], {
    stage: 'host.mirror',
    limitMs: 30_000,
  })
  return mirrorFromSites(sitesOf(stdout))
}

/** The sites in what `apt-get update --print-uris` prints: lines of `'SITE/dists/SUITE/FILE' NAME SIZE`. */
export function sitesOf(text: string): readonly string[] {
  return [...text.matchAll(/^'(\S+?)\/dists\/\S+'/gm)].map(([, site = '']) => site)
}

/** Reads one URL given by the user. */
export function mirrorFromVariable(value: string): DebianMirror {
  const debian = value.replace(/\/+$/, '')
  if (!/^(https?|file|copy):\/\S+$/.test(debian)) {
    throw new UsageError(
      `IRQLAB_DEBIAN_MIRROR is "${value}": give the URL of a Debian archive, as apt takes it`,
    )
  }
  return { debian, security: securityBeside(debian) }
}

/** Finds the archives among the sites that apt uses. A dated snapshot (`.../debian/20250520T000000Z`) counts too. */
export function mirrorFromSites(sites: readonly string[]): DebianMirror {
  const debian = sites.find((site) => /^[a-z]+:.*\/debian(\/|$)/.test(site))
  if (debian === undefined) {
    throw new Trouble(
      'host.mirror',
      'the apt of this machine uses no Debian archive, so no kernel can be fetched',
      {
        hint: 'set IRQLAB_DEBIAN_MIRROR to the URL of a Debian archive (its path ends in /debian)',
        lasting: true,
      },
    )
  }
  const security = sites.find((site) => /\/debian-security(\/|$)/.test(site))
  return { debian, security: security ?? securityBeside(debian) }
}

function securityBeside(debian: string): string {
  return debian.replace(/\/debian(?=\/|$)/, '/debian-security')
}
