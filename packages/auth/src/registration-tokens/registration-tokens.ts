import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import {
  deleteRegistrationToken,
  findRegistrationToken,
  insertRegistrationToken,
  isUsableNow,
  listRegistrationTokens,
  type RegistrationToken,
  updateRegistrationToken,
} from './registration-token-store.ts'
import type { RegistrationTokenTables } from './tables.ts'

/** Tokens that let somebody register. Codes and texts are Synapse's (admin API, "Registration Tokens"). */
export interface RegistrationTokens {
  /** @param usable true: only those that could be used now; false: only those that could not */
  list(usable: boolean | undefined): Promise<RegistrationToken[]>
  /** @throws MatrixError M_NOT_FOUND */
  get(token: string): Promise<RegistrationToken>
  isUsable(token: string): Promise<boolean>
  /**
   * Makes one; without `token` its name is drawn.
   * @throws MatrixError M_INVALID_PARAM
   */
  create(request: {
    token: string | undefined
    length: number
    usesAllowed: number | null
    expiresAtMs: number | null
  }): Promise<RegistrationToken>
  /** Fields that are undefined stay. @throws MatrixError M_INVALID_PARAM, M_NOT_FOUND */
  update(
    token: string,
    changes: { usesAllowed: number | null | undefined; expiresAtMs: number | null | undefined },
  ): Promise<RegistrationToken>
  /** @throws MatrixError M_NOT_FOUND */
  remove(token: string): Promise<void>
}

const MAX_LENGTH = 64
const ATTEMPTS = 3
/** The opaque identifier grammar of the Matrix specification, Appendices. */
const TOKEN_FORM = /^[A-Za-z0-9._~-]+$/

export function createRegistrationTokens(deps: {
  database: Database<RegistrationTokenTables>
  clock: Clock
  random: Random
}): RegistrationTokens {
  const { database, clock, random } = deps

  const refusePast = (expiresAtMs: number | null | undefined) => {
    if (typeof expiresAtMs === 'number' && expiresAtMs < clock.nowMs()) {
      throw new MatrixError('M_INVALID_PARAM', 'expiry_time must not be in the past')
    }
  }
  const insert = (token: string, usesAllowed: number | null, expiresAtMs: number | null) =>
    database.transaction((tx) =>
      insertRegistrationToken(tx, { token, id: makeUlid(clock, random), usesAllowed, expiresAtMs, nowMs: clock.nowMs() }),
    )

  async function insertDrawn(length: number, usesAllowed: number | null, expiresAtMs: number | null): Promise<string> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const token = random.text(length)
      if (await insert(token, usesAllowed, expiresAtMs)) return token
    }
    throw new MatrixError('M_UNKNOWN', 'Unable to generate a unique registration token. Try again with a greater length', { status: 500 })
  }

  return {
    list: (usable) => listRegistrationTokens(database.read, usable, clock.nowMs()),
    async get(token) {
      return (await findRegistrationToken(database.read, token)) ?? notFound(token)
    },
    async isUsable(token) {
      const found = await findRegistrationToken(database.read, token)
      return found !== undefined && isUsableNow(found, clock.nowMs())
    },
    async create({ token, length, usesAllowed, expiresAtMs }) {
      if (token !== undefined) checkToken(token)
      else if (length < 1 || length > MAX_LENGTH) {
        throw new MatrixError('M_INVALID_PARAM', `length must be greater than zero and not greater than ${MAX_LENGTH}`)
      }
      refusePast(expiresAtMs)
      if (token === undefined) {
        const drawn = await insertDrawn(length, usesAllowed, expiresAtMs)
        return { token: drawn, usesAllowed, pending: 0, completed: 0, expiresAtMs, revokedAtMs: null }
      }
      if (!(await insert(token, usesAllowed, expiresAtMs))) throw new MatrixError('M_INVALID_PARAM', `Token already exists: ${token}`)
      return { token, usesAllowed, pending: 0, completed: 0, expiresAtMs, revokedAtMs: null }
    },
    async update(token, changes) {
      refusePast(changes.expiresAtMs)
      return (await database.transaction((tx) => updateRegistrationToken(tx, token, changes))) ?? notFound(token)
    },
    async remove(token) {
      if (!(await database.transaction((tx) => deleteRegistrationToken(tx, token)))) notFound(token)
    },
  }
}

/** @throws MatrixError M_INVALID_PARAM if a token cannot be called so */
export function checkToken(token: string): void {
  if (token === '' || token.length > MAX_LENGTH) {
    throw new MatrixError('M_INVALID_PARAM', `token must not be empty and must not be longer than ${MAX_LENGTH} characters`)
  }
  if (!TOKEN_FORM.test(token)) {
    throw new MatrixError('M_INVALID_PARAM', 'token must consist only of characters matched by the regex [A-Za-z0-9._~-]')
  }
}

function notFound(token: string): never {
  throw new MatrixError('M_NOT_FOUND', `No such registration token: ${token}`)
}
