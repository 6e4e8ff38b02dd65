import type { LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { buildConnector } from 'undici'
import type { AddressRules } from './address-rules.ts'

/** Given to undici when no address of the host may be asked. */
export class AddressRefusedError extends Error {}

/**
 * Opens sockets to addresses that the rules allow, only. The address is judged after it was resolved and is then the one
 * that is connected to: a name that resolves differently a moment later (DNS rebinding) gains nothing.
 */
export function guardedConnector(
  build: typeof buildConnector,
  rules: AddressRules,
  lookup: LookupFunction,
  options: buildConnector.BuildOptions,
): buildConnector.connector {
  const connect = build({ ...options, lookup: guardedLookup(rules, lookup) })
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '')
    // No name to look up: the socket would be opened without a question.
    if (isIP(host) !== 0 && !rules.mayConnect(host)) {
      callback(new AddressRefusedError(), null)
      return
    }
    connect(target, callback)
  }
}

function guardedLookup(rules: AddressRules, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const allowed = (found as LookupAddress[]).filter(({ address }) => rules.mayConnect(address))
      const [first] = allowed
      if (!first) return callback(new AddressRefusedError(), '')
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
