/** For our own tests: the body itself throws. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'throws',
  question: 'Whose fault is a mistake in a scenario?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  run: () => Promise.reject(new Error('a mistake of the author')),
})
