export { adminRegisterRoutes } from './admin-register-routes.ts'
export { createRegistrationNonces, type RegistrationNonces } from './registration-nonces.ts'
