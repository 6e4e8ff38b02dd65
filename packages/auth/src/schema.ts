/** All tables of the auth service (`auth_…`). Each slice declares its own in its `tables.ts`. */
export type AuthSchema = {}
