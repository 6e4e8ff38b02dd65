export { destroySigningKeys } from './signing-key-store.ts'
export { createSigningKeys, ID_TOKEN_LIFETIME_MS, keyKinds, RETIRED_KEY_KEPT_MS, type SigningKeys } from './signing-keys.ts'
export type { KeyKind, SigningKeyTables } from './tables.ts'
