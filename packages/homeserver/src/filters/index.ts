export { createFilters, type Filters } from './filters.ts'
export { findFilter } from './read.ts'
export { filterClientRoutes } from './routes.ts'
