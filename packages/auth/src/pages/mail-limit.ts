import type { RateLimit, RateLimiter } from '@glia/http'

export interface MailLimitDeps {
  readonly limiter: RateLimiter
  readonly emailLimit: RateLimit
}

/** Counts a message that a page is about to send. @returns true when it must not be sent: there were too many from `ip`, or to the address */
export function isTooMuchMail({ limiter, emailLimit }: MailLimitDeps, ip: string, address: string): boolean {
  return limiter.tryTake(`e-mail from ${ip}`, emailLimit) > 0 || limiter.tryTake(`e-mail to ${address}`, emailLimit) > 0
}
