export interface SystemTables {
  /** One row: whose database this is. */
  server_identity: { id: number; server_name: string }
}
