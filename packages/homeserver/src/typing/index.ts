export { typingClientRoutes } from './routes.ts'
export { TypingUsers } from './typing-users.ts'
