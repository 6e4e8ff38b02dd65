export { createEmailCodes, type EmailCode, type EmailCodes } from './email-codes.ts'
export type { EmailCodeTables } from './tables.ts'
