/** Letters and digits that look different from one another. */
const CHARACTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const LENGTH = 20

/** A password that nobody guesses (about 115 bits). */
export function newPassword(): string {
  const picked: string[] = []
  while (picked.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH * 2))) {
      // bytes above the last full round would make some characters likelier
      if (byte < 256 - (256 % CHARACTERS.length) && picked.length < LENGTH) picked.push(CHARACTERS[byte % CHARACTERS.length]!)
    }
  }
  return picked.join('')
}
