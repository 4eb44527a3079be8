/** What a scenario can do to the vectors of its guest's CPUs. */

/** The vectors of the guest. What is taken is given back when the body ends. */
export interface Vectors {
  /**
   * Takes what vectors a CPU has left: binds the machine's vector hogs there. Whether none is left is for the laws to
   * read from the trace. Throws `RangeError` where the machine has no hogs.
   */
  fill(cpu: number): Promise<void>
}
