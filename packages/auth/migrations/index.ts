import type { Migration } from '@glia/database'

/** All steps of the auth service's schema. */
export const authMigrations: readonly Migration[] = []
