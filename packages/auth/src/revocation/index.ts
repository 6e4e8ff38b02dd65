export * from './end-session-with-device.ts'
export * from './routes.ts'
