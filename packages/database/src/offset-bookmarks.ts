const MAX_BOOKMARKS = 5000
const MAX_AGE_MS = 300_000

/**
 * Where pages ended, for lists whose wire format counts an offset: the next page starts behind the last row's key instead of
 * counting all rows before it. A bookmark that is missing (another process, an old page) only costs time.
 */
export class OffsetBookmarks {
  readonly #bookmarks = new Map<string, { key: readonly unknown[]; at: number }>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /**
   * Reads the rows from `from` on, and remembers where they ended.
   * @param page.list names the filters and the order
   * @param page.read the rows behind a key, where that is known; else those from an offset on
   * @param page.keyOf what the rows are in the order of
   */
  async read<Row>(page: {
    list: string
    from: number
    read: (place: { behind: readonly unknown[] | undefined; offset: number }) => Promise<Row[]>
    keyOf: (row: Row) => readonly unknown[]
  }): Promise<Row[]> {
    const { list, from, read, keyOf } = page
    const behind = from > 0 ? this.#get(list, from) : undefined
    const rows = await read({ behind, offset: behind ? 0 : from })
    const last = rows.at(-1)
    if (last) this.#set(list, from + rows.length, keyOf(last))
    return rows
  }

  /** @param key of the row just before `offset` */
  #set(list: string, offset: number, key: readonly unknown[]): void {
    const name = `${offset} ${list}`
    this.#bookmarks.delete(name)
    if (this.#bookmarks.size >= MAX_BOOKMARKS) this.#bookmarks.delete(this.#bookmarks.keys().next().value!)
    this.#bookmarks.set(name, { key, at: this.#nowMs() })
  }

  /** @returns the key of the row just before `offset`, if a page that ended there was read a short while ago */
  #get(list: string, offset: number): readonly unknown[] | undefined {
    const bookmark = this.#bookmarks.get(`${offset} ${list}`)
    return bookmark && this.#nowMs() - bookmark.at <= MAX_AGE_MS ? bookmark.key : undefined
  }
}
