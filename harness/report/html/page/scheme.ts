/** Light or dark: as the system says, until the reader says otherwise. */

type Scheme = 'auto' | 'light' | 'dark'

const NEXT_SCHEME: Readonly<Record<Scheme, Scheme>> = { auto: 'light', light: 'dark', dark: 'auto' }
const SCHEME_WORDS: Readonly<Record<Scheme, string>> = {
  auto: '◐ Colours: as the system',
  light: '☀ Colours: light',
  dark: '☾ Colours: dark',
}
const SCHEME_KEY = 'irqlab-scheme'

/** Makes the switch work; what was chosen last is kept where the browser lets a file keep something. */
export function startScheme(): void {
  const button = document.getElementById('scheme')
  if (button === null) return
  let scheme = keptScheme()
  const show = (): void => {
    if (scheme === 'auto') document.documentElement.removeAttribute('data-scheme')
    else document.documentElement.setAttribute('data-scheme', scheme)
    button.textContent = SCHEME_WORDS[scheme]
  }
  button.addEventListener('click', () => {
    scheme = NEXT_SCHEME[scheme]
    show()
    try {
      localStorage.setItem(SCHEME_KEY, scheme)
    } catch {
      // A file that may keep nothing still switches.
    }
  })
  show()
  button.hidden = false
}

function keptScheme(): Scheme {
  try {
    const kept = localStorage.getItem(SCHEME_KEY)
    return kept === 'light' || kept === 'dark' ? kept : 'auto'
  } catch {
    return 'auto'
  }
}
