import { ApiError } from '@glia/client'

/** A sentence about an error, for people. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 429) return 'The server asks to wait a little before trying again.'
    if (error.status >= 500) return `The server failed to do this (status ${error.status}). Its log says why.`
    return sentence(error.message)
  }
  return sentence(error instanceof Error ? error.message : String(error))
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`
}
