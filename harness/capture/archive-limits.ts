/** How much of a stranger's archive or folder are we willing to hold, and how much to look through? */

/** Members that an archive may have; ours have about thirty. */
export const MEMBERS_MAX = 500
/** Bytes of one member: what the collecting script stops at (`bounded` in capture.sh). */
export const MEMBER_BYTES_MAX = 64 * 1024 ** 2
/** Bytes of all members and their headers, unpacked; of a report, of those that are kept. */
export const UNPACKED_BYTES_MAX = 256 * 1024 ** 2
/** Characters of a member's path. */
export const PATH_MAX = 200

/** Members of a report: one of a large machine has some hundred thousand, and we keep what is about interrupts. */
export const REPORT_MEMBERS_MAX = 1_000_000
/** Bytes of a report, unpacked: they go by, most of them logs. */
export const REPORT_BYTES_MAX = 8 * 1024 ** 3
/** Files of a report that are kept: with 4,000 irqs there are some 30,000. */
export const KEPT_MAX = 200_000
/** How long it may take to unpack an archive. */
export const UNPACKING_MS = 180_000
