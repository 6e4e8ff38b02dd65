export { findFilter } from './read.ts'
