export { oneTimeKeyCounts, unusedFallbackKeyTypes } from './counts.ts'
export { deviceListChanged, deviceListChangesSince, signedUsersSince } from './device-lists.ts'
