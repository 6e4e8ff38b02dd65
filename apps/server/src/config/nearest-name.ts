/** Number of characters to insert, delete, replace or swap with their neighbour to turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let twoBack: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? twoBack[j - 2]! + 1 : Number.POSITIVE_INFINITY
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced, swapped))
    }
    twoBack = previous
    previous = current
  }
  return previous[b.length]!
}

/** The name that `written` was probably meant to be: at most one edit in four characters away, and never more than three. */
export function nearestName(written: string, names: Iterable<string>): string | undefined {
  const allowed = Math.min(3, Math.max(1, Math.floor(written.length / 4)))
  const normalised = written.toLowerCase().replaceAll('-', '_')
  let best: { name: string; distance: number } | undefined
  for (const name of names) {
    const distance = editDistance(normalised, name)
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}
