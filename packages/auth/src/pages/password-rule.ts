const MIN_LENGTH = 8
const MAX_LENGTH = 512

/** What is wrong with a new password that was typed twice, for the person. */
export function problemOfPassword(password: string, again: string | undefined): string | undefined {
  if (password.length < MIN_LENGTH) return `The password needs at least ${MIN_LENGTH} characters.`
  if (password.length > MAX_LENGTH) return `The password may have at most ${MAX_LENGTH} characters.`
  return password === again ? undefined : 'The two passwords differ.'
}
