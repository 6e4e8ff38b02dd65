export { Chance } from './chance.ts'
export { NotEmptyError, type SeedTotals, seed } from './seed.ts'
export { createEventCounter, createSeedClock, type SeedDeps, type SeedOptions } from './seed-deps.ts'
