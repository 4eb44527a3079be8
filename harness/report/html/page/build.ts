/** Elements with their attributes and children. Text goes in as text, never as HTML: a console may hold anything. */

/** What an element may hold. */
export type Child = Node | string | undefined

/** `on` handlers are added by the caller. An attribute that is false or undefined is left out, one that is true is empty. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes))
    if (value !== false && value !== undefined) made.setAttribute(key, value === true ? '' : String(value))
  made.append(...children.filter((child) => child !== undefined))
  return made
}

/** A button that does something. */
export function button(
  text: string,
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
  act: () => void,
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, text)
  made.addEventListener('click', act)
  return made
}

/** A table that scrolls in itself; `label` names it for whoever cannot see it. */
export function wideTable(label: string, head: HTMLElement, body: HTMLElement): HTMLElement {
  return element(
    'div',
    { class: 'wide', tabindex: 0, role: 'region', 'aria-label': label },
    element('table', {}, head, body),
  )
}
