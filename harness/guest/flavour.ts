/** What is different in a guest that is not the micro guest? One adapter a flavour: nobody else knows busybox from systemd. */
import type { LimitName, Limits } from '../base/limits.ts'
import type { FlavourName, GuestImage } from '../image/guest-image.ts'
import type { MicroGuest } from '../image/micro-guest.ts'
import type { LoginStage } from './login.ts'
import type { Guest } from './guest.ts'
import type { RunningQemu } from './running-qemu.ts'
import { imageFlavour } from './flavour-image.ts'
import { debianFullFlavour } from './flavour-debian-full.ts'
import { microFlavour } from './flavour-micro.ts'

/** What of a guest its flavour has to know. */
export type Boarded = Pick<GuestImage, 'flavour' | 'balancers' | 'disk'> & Pick<MicroGuest, 'initramfs'>

/** A boot that its flavour watches. */
export interface Booting {
  readonly qemu: RunningQemu
  readonly image: Boarded
  readonly limits: Limits
  /** TCG runs it. */
  readonly emulated: boolean
  readonly onStage: (stage: LimitName) => void
}

/** What was found in the guest, and made of it, after the first login. */
export interface MovedIn {
  /** The interface that carries SSH. */
  readonly managementInterface: string
  /** Programs that may have written affinities before we came, or still may. */
  readonly writers: readonly string[]
  /** What a record should say, a sentence each. */
  readonly notes: readonly string[]
}

/** One kind of user space. */
export interface Flavour {
  /** Where it is entered: over our own tap, or through QEMU's network with an address by DHCP. */
  readonly entrance: 'tap' | 'forwarded'
  /** Waits until somebody may be there to log in to. Throws `Trouble` at the stage that failed, or `KernelFault`. */
  readonly awaitBoot: (booting: Booting) => Promise<void>
  /** How long a login may take then, and what is forgiven. */
  readonly loginStage: LoginStage
  /** What to look at when nobody lets us in, by what was seen last. */
  readonly loginHint?: (seen: string) => string
  /** Waits for what goes on beside the login. */
  readonly awaitRest: (booting: Booting) => Promise<void>
  /**
   * Makes of the guest what all others expect: a NIC under test called test0, silent and with its address, tracefs, the
   * programs that our scripts use. Throws `Trouble` at `boot.system`.
   */
  readonly moveIn: (guest: Pick<Guest, 'commands' | 'qmp' | 'upload'>, what: Boarded) => Promise<MovedIn>
}

const FLAVOURS: Readonly<Record<FlavourName, Flavour>> = {
  micro: microFlavour,
  'debian-full': debianFullFlavour,
  qcow2: imageFlavour,
}

/** The adapter of a flavour. */
export function flavourOf(name: FlavourName): Flavour {
  return FLAVOURS[name]
}
