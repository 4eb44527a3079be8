/** How the guest's init (images/micro/init) names its two network interfaces; the host's side is in host/tap.ts. */

/** The NIC that carries SSH and nothing else. */
export const MANAGEMENT_INTERFACE = 'mgmt'
/** The NIC under test: nothing but probes ever reaches it. */
export const TEST_INTERFACE = 'test0'
