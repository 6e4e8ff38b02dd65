import { BlockList, isIP } from 'node:net'

/** Says which IP addresses a request may go to. */
export interface AddressRules {
  mayConnect(address: string): boolean
}

export interface AddressRanges {
  /** Addresses and ranges (`10.0.0.0/8`, `fc00::/7`) that nothing may be asked of. */
  readonly refused: readonly string[]
  /** Exceptions from them. */
  readonly allowed: readonly string[]
}

/** Networks that are not the public internet: Synapse's default for `ip_range_blacklist`. */
export const privateRanges: readonly string[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '169.254.0.0/16',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '::1/128',
  'fe80::/10',
  'fc00::/7',
  '2001:db8::/32',
  'ff00::/8',
  'fec0::/10',
]

/** "No address at all" means this machine to most systems, so it is refused whatever is listed, as in Synapse. */
const ALWAYS_REFUSED = ['0.0.0.0/8', '::/128', '255.255.255.255']

/**
 * Rules from lists of ranges. An IPv6 address that stands for an IPv4 one (mapped, compatible, 6to4, NAT64) is judged by both.
 * @throws RangeError if a text is no address and no range.
 */
export function addressRules({ refused, allowed }: AddressRanges): AddressRules {
  const refusedList = blockListOf([...refused, ...ALWAYS_REFUSED])
  const allowedList = blockListOf(allowed)
  return {
    mayConnect(address) {
      if (isIP(address) === 0) return false
      const forms = formsOf(address)
      return forms.some((form) => isListed(allowedList, form)) || !forms.some((form) => isListed(refusedList, form))
    },
  }
}

/** Whether a text is an address or a range of addresses (CIDR). */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined
}

interface Range {
  readonly network: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

function parseRange(text: string): Range | undefined {
  const [network = '', prefixText, ...rest] = text.split('/')
  const version = isIP(network)
  // A zone (`fe80::1%eth0`) belongs to one machine's interface, not to a range.
  if (version === 0 || rest.length > 0 || network.includes('%')) return undefined
  const bits = version === 4 ? 32 : 128
  const prefix = prefixText === undefined ? bits : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : -1
  if (prefix < 0 || prefix > bits) return undefined
  return { network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

function blockListOf(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    const range = parseRange(text)
    if (!range) throw new RangeError(`not an IP address or range: ${text}`)
    if (range.prefix === 0) addEverything(list, range.family)
    else list.addSubnet(range.network, range.prefix, range.family)
  }
  return list
}

function addEverything(list: BlockList, family: Range['family']): void {
  if (family === 'ipv4') list.addRange('0.0.0.0', '255.255.255.255', 'ipv4')
  else list.addRange('::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ipv6')
}

function isListed(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

/** The address, and the IPv4 address inside an IPv6 one. */
function formsOf(address: string): string[] {
  const plain = address.split('%')[0]!
  if (isIP(plain) === 4) return [plain]
  const words = wordsOf(plain)
  const isZero = (from: number, to: number) => words.slice(from, to).every((word) => word === 0)
  if (isZero(0, 5) && (words[5] === 0xffff || words[5] === 0) && !(words[6] === 0 && words[7]! <= 1)) return [plain, dotted(words, 6)]
  if (words[0] === 0x2002) return [plain, dotted(words, 1)]
  if (words[0] === 0x64 && words[1] === 0xff9b && isZero(2, 6)) return [plain, dotted(words, 6)]
  return [plain]
}

/** The eight 16-bit words of an IPv6 address; the URL parser writes it out in its one short form. */
function wordsOf(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const words = (part: string | undefined) => (part ? part.split(':').map((word) => Number.parseInt(word, 16)) : [])
  const before = words(head)
  const after = words(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function dotted(words: readonly number[], at: number): string {
  const high = words[at]!
  const low = words[at + 1]!
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}
