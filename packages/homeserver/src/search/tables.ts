export interface SearchTables {
  /** Which words are in which event. The key begins with the room: a search is over the rooms that a user may read. */
  search_words: {
    room_id: string
    /** In the form of `wordsOf`. */
    word: string
    /** Of the event. */
    position: number
    /** How often the event has the word. */
    uses: number
  }
}
