export { TypingUsers } from './typing-users.ts'
