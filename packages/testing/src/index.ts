export * from './fake-clock.ts'
export * from './mail-server.ts'
export * from './seeded-random.ts'
export * from './test-database.ts'
