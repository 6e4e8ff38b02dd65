export interface ServerNoticeTables {
  /** Rooms in which the server speaks to a user; the newest is in use as long as the user is invited to it or in it. */
  server_notice_rooms: { room_id: string; user_id: string; created_at_ms: number }
}
