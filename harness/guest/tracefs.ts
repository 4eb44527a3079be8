/** Where is the trace that we write into and read? A word for the shell: only the shell of a run knows. */

/**
 * Tracefs, as the guest's init mounts it: shell text, outside of single quotes. On a machine that is not ours the shell has
 * the variable, and it names an instance of our own.
 */
export const TRACEFS = `\${tracefs:-/sys/kernel/tracing}`

/** The whole of tracefs: kprobes are declared there alone, for all instances (kernel/trace/trace_kprobe.c, 5.10 to 7.3). */
export const WHOLE_TRACEFS = '/sys/kernel/tracing'
