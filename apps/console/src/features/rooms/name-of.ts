/** What people call a room: its name, else its alias, else its id. */
export function nameOf(room: { readonly name: string | null; readonly canonical_alias: string | null; readonly room_id: string }): string {
  return room.name || room.canonical_alias || room.room_id
}
