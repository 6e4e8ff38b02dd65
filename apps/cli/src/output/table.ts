import { cell, padded, textWidth } from './cell.ts'

const GAP = '  '

/**
 * Lays rows out as a table. Columns in which no row says anything are left out; if it is wider than the screen, first those where every
 * answer is no, then the last ones.
 * @param columns names in the order of showing
 * @param screenWidth undefined: no limit
 */
export function renderTable(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
  screenWidth: number | undefined,
): { lines: string[]; leftOut: string[] } {
  const all = columns.map((name) => {
    const cells = rows.map((row) => cell(name, row[name]))
    return { name, cells, width: Math.max(...[name, ...cells].map(textWidth)), says: cells.some((text) => text !== '') }
  })
  const shown = all.filter(({ says }) => says)
  const leftOut: string[] = []
  const drop = (index: number) => leftOut.push(...shown.splice(index, 1).map(({ name }) => name))
  const isTooWide = () => screenWidth !== undefined && shown.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length) > screenWidth
  while (isTooWide() && shown.length > 1) {
    const dull = shown.findLastIndex(({ cells }) => cells.every((text) => text === 'no'))
    drop(dull > 0 ? dull : shown.length - 1)
  }
  const line = (texts: string[]) =>
    texts
      .map((text, index) => padded(text, shown[index]!.width))
      .join(GAP)
      .trimEnd()
  return {
    lines: [line(shown.map(({ name }) => name)), ...rows.map((_, row) => line(shown.map(({ cells }) => cells[row]!)))],
    leftOut,
  }
}
