import { type Logger, logger } from 'matrix-js-sdk/lib/logger.js'

// parts of the SDK use this one instead of the logger of their client
;(logger as unknown as { setLevel(level: 'silent', persist: boolean): void }).setLevel('silent', false)

/** For `createClient`: matrix-js-sdk tells at length what it does. */
export const silentSdkLogger: Logger = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  getChild: () => silentSdkLogger,
}
