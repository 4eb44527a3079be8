/** How often did each irq fire on each CPU? A small map: a row for each irq, the darker the more. */
import type { CounterData } from '../report-data.ts'
import { element, wideTable } from './build.ts'

/** The map, with the number in each field: colour alone says nothing. */
export function counterMap({ cpus, rows, leftOut }: CounterData): HTMLElement {
  const most = Math.max(1, ...rows.flatMap(({ counts }) => counts))
  const head = element(
    'thead',
    {},
    element(
      'tr',
      {},
      element('th', { scope: 'col' }, 'Irq'),
      ...cpus.map((cpu) => element('th', { scope: 'col', class: 'number' }, `CPU ${cpu}`)),
    ),
  )
  const body = element(
    'tbody',
    {},
    ...rows.map(({ irq, name, tested, counts }) =>
      element(
        'tr',
        { class: tested ? 'tested' : undefined },
        element(
          'th',
          { scope: 'row' },
          `${irq} ${name}`,
          tested ? element('span', { class: 'small soft' }, ' under test') : undefined,
        ),
        ...counts.map((count) =>
          // Few are to be told from none, and from many: by their logarithm.
          element(
            'td',
            {
              class: 'number heat',
              style: `--heat:${count === 0 ? 0 : (0.15 + (0.85 * Math.log(count + 1)) / Math.log(most + 1)).toFixed(3)}`,
            },
            String(count),
          ),
        ),
      ),
    ),
  )
  return element(
    'div',
    {},
    element(
      'p',
      { class: 'soft' },
      'Interrupts of each irq that each CPU counted from the first reading of /proc/interrupts to the last. The darker, the more.',
    ),
    wideTable('Interrupts counted', head, body),
    leftOut === '' ? undefined : element('p', { class: 'soft small' }, leftOut),
  )
}
