/** What of a text is code? Comments and the insides of strings, templates and patterns are told apart from it. */

/** A text taken apart. */
export interface Code {
  /** As long as the text, with the same line breaks; whatever is not code is blank. Quotes stay. */
  readonly code: string
  /** Comments with their marks. */
  readonly comments: readonly string[]
  /** Insides of strings in single and double quotes, as written. */
  readonly strings: readonly string[]
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|^#![^\n]*/y
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y
/** From a backtick, or the brace that ends an interpolation, to the next backtick or the start of the next one. */
const TEMPLATE_PIECE = /[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
const PATTERN = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const WORD = /[\w$]+/y
/** After these a slash begins a pattern; after any other word it divides. */
const BEFORE_PATTERN = /^(?:return|typeof|case|in|of|await|yield|throw|else|do|void|delete)$/

/** Takes a text of TypeScript or JavaScript apart. A slash after `)` or `]` is a division, as prettier would never break it. */
export function codeOf(text: string): Code {
  const comments: string[] = []
  const strings: string[] = []
  /** For each open interpolation, how many braces were opened inside it. */
  const braces: number[] = []
  let code = ''
  let patternMayFollow = true

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = code.length
    return pattern.exec(text)?.[0]
  }
  const blank = (piece: string, keep: number) => {
    const inside = piece.slice(keep, piece.length - keep).replace(/[^\n]/g, ' ')
    code += piece.slice(0, keep) + inside + piece.slice(piece.length - keep)
  }

  while (code.length < text.length) {
    const char = text.charAt(code.length)
    const inTemplate = char === '`' || (char === '}' && braces.at(-1) === 0)
    const comment = take(COMMENT)
    const string = comment ?? take(STRING)
    const template = inTemplate ? take(TEMPLATE_PIECE) : undefined
    const pattern = patternMayFollow && char === '/' ? take(PATTERN) : undefined
    const word = take(WORD)
    if (comment !== undefined) {
      comments.push(comment)
      code += comment.replace(/[^\n]/g, ' ')
    } else if (string !== undefined) {
      strings.push(string.slice(1, -1))
      blank(string, 1)
      patternMayFollow = false
    } else if (template !== undefined) {
      if (char === '}') braces.pop()
      const opens = template.endsWith('${')
      if (opens) braces.push(0)
      blank(template, 1)
      patternMayFollow = opens
    } else if (pattern !== undefined) {
      blank(pattern, 1)
      patternMayFollow = false
    } else if (word !== undefined) {
      code += word
      patternMayFollow = BEFORE_PATTERN.test(word)
    } else {
      const open = braces.length - 1
      if (open >= 0 && char === '{') braces[open] = (braces[open] ?? 0) + 1
      if (open >= 0 && char === '}') braces[open] = (braces[open] ?? 0) - 1
      code += char
      if (!/\s/.test(char)) patternMayFollow = !/[)\]]/.test(char)
    }
  }
  return { code, comments, strings }
}
