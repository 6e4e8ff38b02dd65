export * from './clean-up.ts'
