import { MatrixError } from '@glia/contract'
import { CanonicalJsonError, canonicalJson, isJsonObject, type JsonObject, type UserId } from '@glia/protocol'

/** Signer → key id → signature, as in `signatures` of signed objects. */
export type SignatureMap = { [signer: string]: { [keyId: string]: string } }

/** The one form in which keys are kept and compared. @throws MatrixError M_BAD_JSON where there is none (fractions, too deep) */
export function keyJson(value: unknown): string {
  try {
    return canonicalJson(value)
  } catch (error) {
    if (error instanceof CanonicalJsonError) throw new MatrixError('M_BAD_JSON', error.message)
    throw error
  }
}

/** The part of a signed object that its signatures cover, in canonical form. @throws MatrixError M_BAD_JSON */
export function signedPart(object: JsonObject): string {
  const { signatures: _signatures, unsigned: _unsigned, ...signed } = object
  return keyJson(signed)
}

/** The text signatures that a user made, by key id. */
export function signaturesBy(object: JsonObject, signer: UserId): Map<string, string> {
  const { signatures } = object
  const own = isJsonObject(signatures) && Object.hasOwn(signatures, signer) ? signatures[signer] : undefined
  if (!isJsonObject(own)) return new Map()
  return new Map(Object.entries(own).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
