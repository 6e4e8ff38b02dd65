import { isJsonObject, type JsonObject } from '../json.ts'
import { membershipOf } from '../membership.ts'
import { verifyJsonSignature } from '../signing.ts'
import { type AuthDecision, type AuthInput, allow, deny } from './decision.ts'

/** Rule 4.4.1: an invite that answers an `m.room.third_party_invite`. */
export function authorizeThirdPartyInvite({ event, state }: AuthInput, target: string): AuthDecision {
  // 4.4.1.1 Target banned.
  if (membershipOf(state('m.room.member', target)) === 'ban') return deny('4.4.1.1', `${target} is banned from the room`)
  // 4.4.1.2, 4.4.1.3 Nothing signed, or without mxid or token.
  const invite = event.content.third_party_invite
  const signed = isJsonObject(invite) ? invite.signed : undefined
  if (!isJsonObject(signed)) return deny('4.4.1.2', 'The third-party invite is not signed.')
  if (typeof signed.mxid !== 'string' || typeof signed.token !== 'string')
    return deny('4.4.1.3', 'The third-party invite names no user or no token.')
  // 4.4.1.4 Signed for somebody else.
  if (signed.mxid !== target) return deny('4.4.1.4', `The third-party invite is not for ${target}.`)
  // 4.4.1.5 No such third-party invite.
  const source = state('m.room.third_party_invite', signed.token)
  if (source === undefined) return deny('4.4.1.5', 'The room has no such third-party invite.')
  // 4.4.1.6 Made by somebody else.
  if (source.sender !== event.sender) return deny('4.4.1.6', `The third-party invite was not made by ${event.sender}.`)
  // 4.4.1.7 One signature by one of its keys.
  return publicKeysOf(source.content).some((key) => isSignedWith(signed, key))
    ? allow
    : deny('4.4.1.8', 'The third-party invite is not signed with a key of the room.')
}

function publicKeysOf(content: JsonObject): string[] {
  const listed = Array.isArray(content.public_keys)
    ? content.public_keys.map((entry) => (isJsonObject(entry) ? entry.public_key : undefined))
    : []
  return [content.public_key, ...listed].filter((key) => typeof key === 'string')
}

function isSignedWith(signed: JsonObject, publicKey: string): boolean {
  const { signatures } = signed
  if (!isJsonObject(signatures)) return false
  return Object.keys(signatures).some((signer) => {
    const keys = signatures[signer]
    return (
      isJsonObject(keys) &&
      Object.keys(keys).some((keyId) => keyId.startsWith('ed25519:') && verifyJsonSignature(signed, signer, keyId, publicKey))
    )
  })
}
