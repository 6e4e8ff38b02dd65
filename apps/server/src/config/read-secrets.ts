import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Secret } from '@glia/platform'
import { parseSigningKey, type SigningKey } from '@glia/protocol'
import { type GeneratedFile, generatedFiles } from './generated-files.ts'
import { reasonOf } from './read-yaml.ts'

/** Told of what is wrong with a key. */
export type Refuse = (key: string, message: string) => void

/** The secret of a pair of keys, `key` (the secret itself) and `key_path` (a file): at most one of them may be set. */
export function readEither(key: string, inline: Secret | null, file: string | null, refuse: Refuse): Secret | null {
  if (inline !== null && file !== null) refuse(`${key}_path`, `cannot be set together with ${key}: keep one of them`)
  return inline ?? (file === null ? null : readSecret(`${key}_path`, file, refuse))
}

/** The content of a file without white space around it; null (and a problem) if there is none. */
export function readSecret(key: string, file: string, refuse: Refuse): Secret | null {
  try {
    const text = readFileSync(file, 'utf8').trim()
    if (text !== '') return new Secret(text)
    refuse(key, `${file}: is empty`)
  } catch (error) {
    refuse(key, `${file}: ${reasonOf(error)}`)
  }
  return null
}

/** The file that a key names, or else the one that the first start has made. */
export function fileOr(configured: string | null, generated: GeneratedFile, dataDir: string): string {
  return configured ?? resolve(dataDir, generatedFiles[generated])
}

export function readServerSigningKey(key: string, file: string, refuse: Refuse): SigningKey | null {
  return convert(key, file, refuse, parseSigningKey, 'is no signing key: the form is "ed25519 a_XXXX <base64 seed>"')
}

export function readRsaKey(key: string, file: string, refuse: Refuse): KeyObject | null {
  const read = (pem: string) => {
    const privateKey = createPrivateKey(pem)
    if (privateKey.asymmetricKeyType !== 'rsa') throw new TypeError('not RSA')
    return privateKey
  }
  return convert(key, file, refuse, read, 'is no RSA private key in PEM')
}

export function readEncryptionKey(key: string, file: string, refuse: Refuse): Secret | null {
  const read = (text: string) => {
    if (!/^[0-9a-f]{64}$/i.test(text)) throw new TypeError('not hex')
    return new Secret(text)
  }
  return convert(key, file, refuse, read, 'is no key of 64 hex digits')
}

function convert<T>(key: string, file: string, refuse: Refuse, read: (text: string) => T, otherwise: string): T | null {
  const secret = readSecret(key, file, refuse)
  if (secret === null) return null
  try {
    return read(secret.reveal())
  } catch {
    // The reason may quote the key.
    refuse(key, `${file}: ${otherwise}`)
    return null
  }
}
