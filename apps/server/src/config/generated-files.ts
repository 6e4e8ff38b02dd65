import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Random } from '@glia/platform'
import { formatSigningKey, makeSigningKey } from '@glia/protocol'

/** The files that the first start makes in the data folder. */
export const generatedFiles = {
  signingKey: 'signing.key',
  macaroonSecretKey: 'secrets/macaroon_secret_key',
  registrationSharedSecret: 'secrets/registration_shared_secret',
  authEncryptionKey: 'secrets/auth_encryption_key',
  authSigningKey: 'secrets/auth_signing_key.pem',
} as const

export type GeneratedFile = keyof typeof generatedFiles

/** Makes the text of such a file. */
export async function generateFile(name: GeneratedFile, random: Random): Promise<string> {
  switch (name) {
    case 'signingKey':
      return `${formatSigningKey(makeSigningKey(`a_${random.text(4, 'letters')}`, random.bytes(32)))}\n`
    case 'authEncryptionKey':
      return `${random.bytes(32).toString('hex')}\n`
    case 'authSigningKey': {
      const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
      return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    }
    default:
      return `${random.text(50)}\n`
  }
}
