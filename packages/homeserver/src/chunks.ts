/** Lists in SQL may not grow without bound: the items in pieces of at most `size`. */
export function chunksOf<T>(items: readonly T[], size = 500): T[][] {
  const chunks: T[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}
