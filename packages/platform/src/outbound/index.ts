export { type AddressRanges, type AddressRules, addressRules, isAddressRange, privateRanges } from './address-rules.ts'
export { createOutbound, type Outbound, type OutboundAnswer, type OutboundOptions, type OutboundRequest } from './outbound.ts'
export { OutboundError, type OutboundFailure } from './outbound-error.ts'
