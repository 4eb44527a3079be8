/** Which shell there says why a write has failed? An errno is evidence, and not every sh tells it. */

/**
 * Shell text without a single quote that sets `s` to the words which start it: sh, unless bash is there and sh is dash. dash says
 * "I/O error" of every write of its echo that fails, whatever the kernel answered (seen with 0.5.12). Errors are in English.
 */
export const CHOOSE_SHELL =
  'LC_ALL=C; export LC_ALL; s=/bin/sh; if [ -c /dev/full ]; then case $({ echo x >/dev/full; } 2>&1) in *space*) ;; *) [ ! -x /bin/bash ] || s="/bin/bash --posix" ;; esac; fi'
