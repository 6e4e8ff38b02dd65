/**
 * Who may call an endpoint. Enforced in one place (`@glia/http`), before the handler runs.
 * - `public`: no token is looked at.
 * - `optionalUser`: a token is checked if one is sent; the handler works without.
 * - `user`: any local account; `guests` and `locked` say whether guests and locked accounts may call it too.
 * - `serverAdmin`: an account with the admin flag (legacy token) or a token with the scope `urn:synapse:admin:*`.
 * - `authAdmin`: a token with the scope `urn:mas:admin` (MAS Admin API conventions: 400 without token, 401 otherwise).
 * - `oauthClient`: OAuth client authentication (RFC 6749 section 2.3), done by the handler.
 * - `sharedSecret`: a secret or MAC inside the request, checked by the handler.
 * - `browser`: a page; the browser session comes from a cookie and forms carry a CSRF token.
 */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'optionalUser' }
  | { readonly kind: 'user'; readonly guests: boolean; readonly locked: boolean }
  | { readonly kind: 'serverAdmin' }
  | { readonly kind: 'authAdmin' }
  | { readonly kind: 'oauthClient' }
  | { readonly kind: 'sharedSecret' }
  | { readonly kind: 'browser' }

export const access = {
  public: { kind: 'public' },
  optionalUser: { kind: 'optionalUser' },
  user: { kind: 'user', guests: false, locked: false },
  userOrGuest: { kind: 'user', guests: true, locked: false },
  userEvenLocked: { kind: 'user', guests: true, locked: true },
  serverAdmin: { kind: 'serverAdmin' },
  authAdmin: { kind: 'authAdmin' },
  oauthClient: { kind: 'oauthClient' },
  sharedSecret: { kind: 'sharedSecret' },
  browser: { kind: 'browser' },
} as const satisfies Record<string, Access>
