/** Whom users turn to, as `/.well-known/matrix/support` says it. Source: Client-Server API, "Server administration". */
export function supportInformation(contact: string): {
  contacts?: { matrix_id?: string; email_address?: string; role: string }[]
  support_page?: string
} {
  if (/^https?:/.test(contact)) return { support_page: contact }
  const role = 'm.role.admin'
  return { contacts: [contact.startsWith('@') ? { matrix_id: contact, role } : { email_address: contact.replace(/^mailto:/, ''), role }] }
}
