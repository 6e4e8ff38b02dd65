import { type AddressRanges, privateRanges } from '@glia/platform'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { addressRange, listOf, optional, text } from '../types.ts'

export const addressRanges = listOf(addressRange, 'a list of IP addresses and ranges')

export const outboundFields = {
  ip_range_blacklist: setting(addressRanges, {
    default: privateRanges,
    doc: 'Addresses that the server asks nothing of where users choose the address (push gateways, previews of links …). They are checked when the connection is made.',
  }),
  ip_range_whitelist: setting(addressRanges, {
    default: [],
    doc: 'Exceptions from `ip_range_blacklist`, such as a push gateway in the own network.',
  }),
  user_agent_suffix: setting(optional(text), { doc: 'Added to the `User-Agent` of requests to other servers.' }),
} satisfies Record<string, Setting<unknown>>

export interface OutboundConfig {
  readonly addresses: AddressRanges
  readonly userAgentSuffix: string | null
}

export function outboundConfig(values: ValuesOf<typeof outboundFields>): OutboundConfig {
  return {
    addresses: { refused: values.ip_range_blacklist, allowed: values.ip_range_whitelist },
    userAgentSuffix: values.user_agent_suffix,
  }
}
