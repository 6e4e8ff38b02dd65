export * from './authorization-policy.ts'
export * from './scope.ts'
