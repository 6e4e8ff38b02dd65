/**
 * Matching with `*` (any run of characters) and `?` (one character), without regular expressions, so that no pattern can take long.
 * Case counts; fold both sides before if it should not.
 */

/** Whether the pattern matches the whole text. With `starOnly`, `?` stands for itself (filters know only `*`). */
export function matchesGlob(pattern: string, text: string, starOnly = false): boolean {
  let p = 0
  let t = 0
  let starAt = -1
  let resumeAt = 0
  while (t < text.length) {
    const unit = pattern[p]
    if (unit === '*') {
      starAt = p++
      resumeAt = t
    } else if (p < pattern.length && (unit === text[t] || (unit === '?' && !starOnly))) {
      p++
      t++
    } else if (starAt !== -1) {
      p = starAt + 1
      t = ++resumeAt
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

function isWordUnit(unit: string | undefined): boolean {
  return unit !== undefined && /[A-Za-z0-9_]/.test(unit)
}

/** Between two characters of a word there is no boundary; everywhere else there is. */
function isBoundary(text: string, index: number): boolean {
  return !(isWordUnit(text[index - 1]) && isWordUnit(text[index]))
}

/** Whether the literal text `word` occurs in `text` with a word boundary on both sides. */
export function containsWord(text: string, word: string): boolean {
  if (word === '') return false
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (isBoundary(text, at) && isBoundary(text, at + word.length)) return true
  }
  return false
}

/** Whether the pattern matches some part of the text with a word boundary on both sides. */
export function containsGlob(text: string, pattern: string): boolean {
  if (!/[*?]/.test(pattern)) return containsWord(text, pattern)
  // All partial matches at once: `reached[i]` says that the first i characters of the pattern match up to here.
  let reached = new Uint8Array(pattern.length + 1)
  let next = new Uint8Array(pattern.length + 1)
  for (let index = 0; index <= text.length; index++) {
    const boundary = isBoundary(text, index)
    if (boundary) reached[0] = 1
    for (let p = 0; p < pattern.length; p++) if (reached[p] && pattern[p] === '*') reached[p + 1] = 1
    if (boundary && reached[pattern.length]) return true
    next.fill(0)
    for (let p = 0; p < pattern.length; p++) {
      if (!reached[p]) continue
      if (pattern[p] === '*') next[p] = 1
      else if (pattern[p] === '?' || pattern[p] === text[index]) next[p + 1] = 1
    }
    ;[reached, next] = [next, reached]
  }
  return false
}
