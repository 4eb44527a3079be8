/** How much of a stranger's archive or folder are we willing to hold? */

/** Members that an archive may have; ours have about thirty. */
export const MEMBERS_MAX = 500
/** Bytes of one member: what the collecting script stops at (`bounded` in capture.sh). */
export const MEMBER_BYTES_MAX = 64 * 1024 ** 2
/** Bytes of all members and their headers, unpacked. */
export const UNPACKED_BYTES_MAX = 256 * 1024 ** 2
/** Characters of a member's path. */
export const PATH_MAX = 200
