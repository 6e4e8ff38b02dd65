import { argon2, timingSafeEqual } from 'node:crypto'

/** Cost of an argon2id hash. `memoryKib` in KiB. */
export interface Argon2Cost {
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
}

const TAG_BYTES = 32
const PHC = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Hashes in libuv's thread pool. @returns a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash` */
export async function argon2Hash(password: string, salt: Buffer, cost: Argon2Cost): Promise<string> {
  const tag = await derive(password, salt, cost, TAG_BYTES)
  return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${cost.parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

export async function argon2Verify(password: string, hash: string): Promise<boolean> {
  const parts = PHC.exec(hash)
  if (!parts) return false
  const [, memory, passes, parallelism, salt, tag] = parts
  const expected = Buffer.from(tag!, 'base64')
  const cost = { memoryKib: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  return timingSafeEqual(await derive(password, Buffer.from(salt!, 'base64'), cost, expected.length), expected)
}

export function argon2CostOf(hash: string): Argon2Cost | undefined {
  const parts = PHC.exec(hash)
  return parts ? { memoryKib: Number(parts[1]), passes: Number(parts[2]), parallelism: Number(parts[3]) } : undefined
}

function derive(password: string, salt: Buffer, cost: Argon2Cost, tagLength: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parameters = {
      message: password,
      nonce: salt,
      parallelism: cost.parallelism,
      tagLength,
      memory: cost.memoryKib,
      passes: cost.passes,
    }
    argon2('argon2id', parameters, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
