/** `irqlab kernel page`: what was seen on which kernel, from records, as docs/KERNELS.md. */
import { resolve } from 'node:path'
import { readRecords } from '../record/read-records.ts'
import { kernelsPage } from '../report/kernels-page.ts'

/** Prints the page. Throws `UsageError` when there are no records that can be read. */
export async function kernelPageCommand(dir: string): Promise<number> {
  process.stdout.write(kernelsPage(readRecords(resolve(dir)), 'npm run kernels-page'))
  return 0
}
