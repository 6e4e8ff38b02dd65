export { type ReadPosition, type Receipt, type ReceiptType, readPositions, receiptChanges } from './read.ts'
