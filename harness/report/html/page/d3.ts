/** The drawing library as the page finds it: the published bundles put it there under this name. */
import type * as axis from 'd3-axis'
import type * as scale from 'd3-scale'
import type * as selection from 'd3-selection'

/** The parts of d3 that are in the page. */
export declare const d3: typeof axis & typeof scale & typeof selection
