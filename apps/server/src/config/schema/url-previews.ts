import type { AddressRanges } from '@glia/platform'
import { privateRanges } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, checked, listOf, optional, size, text } from '../types.ts'
import { addressRanges } from './outbound.ts'

const pattern = optional(
  checked(text, (value) => {
    if (!value.startsWith('^')) return undefined
    try {
      new RegExp(value)
      return undefined
    } catch {
      return 'must be a regular expression, if it begins with ^'
    }
  }),
)
const part = (doc: string) => setting(pattern, { doc })

export const urlPreviewFields = {
  url_preview_enabled: setting(boolean, {
    default: false,
    doc: 'Let clients ask this server what a web page says about itself. The server then asks web servers that users choose.',
  }),
  url_preview_ip_range_blacklist: setting(addressRanges, {
    default: privateRanges,
    doc: 'Addresses that are not asked for previews. They are checked when the connection is made.',
  }),
  url_preview_ip_range_whitelist: setting(addressRanges, {
    default: [],
    doc: 'Exceptions from `url_preview_ip_range_blacklist`.',
  }),
  url_preview_url_blacklist: setting(
    listOf(
      section({
        scheme: part('Such as `http`.'),
        netloc: part('Host and port.'),
        hostname: part('Host alone.'),
        port: part('As text.'),
        username: part('Text.'),
        password: part('Text.'),
        path: part('With the slash.'),
        query: part('Without the question mark.'),
        fragment: part('Without the hash.'),
      }),
      'a list of maps of parts of URLs',
    ),
    {
      default: [],
      doc: 'URLs that are not asked. All parts of an entry must match: each is a glob (`*`, `?`), or a regular expression that begins with `^`.',
    },
  ),
  max_spider_size: setting(size, { default: '10M', doc: 'Largest page, and largest picture of a page, for previews.' }),
  url_preview_accept_language: setting(listOf(text, 'a list of languages'), {
    default: ['en'],
    doc: 'Languages that pages are asked for (`Accept-Language`).',
  }),
} satisfies Record<string, Setting<unknown>>

export interface UrlPreviewConfig {
  readonly enabled: boolean
  readonly addresses: AddressRanges
  readonly urlBlacklist: readonly Readonly<Record<string, string>>[]
  readonly maxSpiderSizeBytes: number
  readonly acceptLanguage: readonly string[]
}

export function urlPreviewConfig(values: ValuesOf<typeof urlPreviewFields>): UrlPreviewConfig {
  return {
    enabled: values.url_preview_enabled,
    addresses: { refused: values.url_preview_ip_range_blacklist, allowed: values.url_preview_ip_range_whitelist },
    urlBlacklist: values.url_preview_url_blacklist.map((entry) =>
      Object.fromEntries(Object.entries(entry).filter((part): part is [string, string] => part[1] !== null)),
    ),
    maxSpiderSizeBytes: values.max_spider_size,
    acceptLanguage: values.url_preview_accept_language,
  }
}
