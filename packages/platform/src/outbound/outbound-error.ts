/**
 * - `bad_url`: not http or https, or not to be asked;
 * - `refused`: every address of the host is one that must not be asked;
 * - `unreachable`: no such host, no connection, TLS failed, or it broke off;
 * - `timeout`, `too_large`: the limits of the request;
 * - `redirects`: more redirects than allowed;
 * - `bad_answer`: what was answered cannot be read;
 * - `aborted`: the caller called it off.
 */
export type OutboundFailure = 'bad_url' | 'refused' | 'unreachable' | 'timeout' | 'too_large' | 'redirects' | 'bad_answer' | 'aborted'

/** Why there is no answer. The message names host and reason; path, query, headers and bodies, which may hold secrets, are left out. */
export class OutboundError extends Error {
  readonly failure: OutboundFailure

  constructor(failure: OutboundFailure, host: string, reason: string) {
    super(`${host === '' ? 'request' : host}: ${reason}`)
    this.name = 'OutboundError'
    this.failure = failure
  }
}
