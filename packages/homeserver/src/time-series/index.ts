export { timeSeriesRoutes } from './routes.ts'
export { createSampler, type Sampler } from './sampler.ts'
