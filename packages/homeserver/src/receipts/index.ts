export { purgeReceipts } from './purge-receipts.ts'
export { type ReadPosition, type Receipt, type ReceiptType, readPositions, receiptChanges, receiptsAt } from './read.ts'
export { createReceipts, type Receipts } from './receipts.ts'
export { receiptClientRoutes } from './routes.ts'
