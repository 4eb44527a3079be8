/** How the guest's init (images/micro/init) names its two network interfaces; the host's side is in host/tap.ts. */
export const MANAGEMENT_INTERFACE = 'mgmt'
export const TEST_INTERFACE = 'test0'
