/** Which of the drivers that a likeness may need are in a kernel of Debian's? Its flavours differ in little else. */

/** What is there. */
export interface KernelDrivers {
  readonly ahci: boolean
  /** CONFIG_AMD_IOMMU: remapping by AMD's IOMMU. */
  readonly amdIommu: boolean
}

/** The cloud flavour has a driver for AHCI from here on. */
const AHCI_IN_CLOUD_FROM = '6.12'

/**
 * Of a kernel as `--kernel` takes it. Nothing is taken for granted of one that is not Debian's. The cloud flavour, which is
 * taken where none is named, lacks AMD's IOMMU; the others have both: seen in 6.1.192-2, and taken to be so in all. A guest
 * whose kernel lacks a driver says so, and is a skip.
 */
export function driversIn(kernel: string): KernelDrivers {
  const [, series, flavour = 'cloud-amd64'] = /^debian:(\d+\.\d+)[^,]*(?:,flavour=(.*))?$/.exec(kernel) ?? []
  if (series === undefined) return { ahci: false, amdIommu: false }
  const isCloud = flavour === 'cloud-amd64'
  return { ahci: !isCloud || compareSeries(series, AHCI_IN_CLOUD_FROM) >= 0, amdIommu: !isCloud }
}

function compareSeries(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
