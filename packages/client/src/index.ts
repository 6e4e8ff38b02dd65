export { ApiError, ConnectionError } from './api-error.ts'
export { type CallInput, type CallResult, call, type Transport } from './call.ts'
export { type Client, type ClientOptions, createClient } from './client.ts'
export { type FollowOptions, followStream } from './follow-stream.ts'
