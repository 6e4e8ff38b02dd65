/** What the address of the sign-in page may say. */
export interface SignInSearch {
  /** Path within the console to go to afterwards. */
  readonly redirect?: string
  /** Homeserver to begin with. */
  readonly server?: string
}

export function signInSearch(raw: Record<string, unknown>): SignInSearch {
  const { redirect, server } = raw
  return {
    ...(typeof redirect === 'string' && isWithinConsole(redirect) && { redirect }),
    ...(typeof server === 'string' && { server }),
  }
}

/** Nobody is sent to another site by a link to this page. */
function isWithinConsole(path: string): boolean {
  return path.startsWith('/') && new URL(path, 'https://console.invalid').origin === 'https://console.invalid'
}
