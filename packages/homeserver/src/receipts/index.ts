export { type ReadPosition, type Receipt, type ReceiptType, readPositions, receiptChanges } from './read.ts'
export { createReceipts, type Receipts } from './receipts.ts'
export { receiptClientRoutes } from './routes.ts'
