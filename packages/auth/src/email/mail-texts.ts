import { layMail, type MailContent } from './mail-layout.ts'

/** Who writes: the name of the service (`app_name`) and of the server. */
export interface MailSender {
  readonly appName: string
  readonly serverName: string
}

type Written = ReturnType<typeof layMail>

const NOT_YOU = 'If this was not you, you can ignore this message.'

/** Every message that is sent, in words. Links and codes are given whole. */
export interface MailTexts {
  /** @param link confirms the address for a new account */
  confirmForRegistration(link: string): Written
  /** @param link confirms the address for an account that is there */
  confirmForAccount(link: string): Written
  /** @param link leads to a page where the reset is confirmed */
  resetPassword(link: string): Written
  /** Somebody wanted an account with an address that has one. */
  alreadyInUse(): Written
  /** @param code to be typed into a page of ours */
  code(code: string): Written
  /** @param link to the page that takes a new password; @param userId whose */
  recover(userId: string, link: string): Written
}

export function createMailTexts({ appName, serverName }: MailSender): MailTexts {
  const write = (subject: string, content: MailContent) => layMail(`[${serverName}] ${subject}`, appName, content)
  return {
    confirmForRegistration: (link) =>
      write('Confirm your e-mail address', {
        before: [`Somebody, presumably you, wants to create an account at ${serverName} with this e-mail address. Confirm it here:`],
        link: { address: link, label: 'Confirm this address' },
        after: [NOT_YOU],
      }),
    confirmForAccount: (link) =>
      write('Confirm your e-mail address', {
        before: [`Somebody, presumably you, wants to add this e-mail address to an account at ${serverName}. Confirm it here:`],
        link: { address: link, label: 'Confirm this address' },
        after: [NOT_YOU],
      }),
    resetPassword: (link) =>
      write('Reset your password', {
        before: [`Somebody, presumably you, wants to set a new password for your account at ${serverName}. Confirm it here:`],
        link: { address: link, label: 'Go on with the reset' },
        after: ['If this was not you, do not open the link: your password stays as it is.'],
      }),
    alreadyInUse: () =>
      write('You have an account already', {
        before: [
          `Somebody, presumably you, wanted to create an account at ${serverName} with this e-mail address. It belongs to an account already.`,
          'Sign in to that account, or ask for a new password there.',
        ],
        after: [NOT_YOU],
      }),
    code: (code) =>
      write(`${code} is your code`, {
        before: [`Type this code into the page of ${serverName} to confirm your e-mail address:`],
        code,
        after: [`It works for a few minutes. Tell it to nobody. ${NOT_YOU}`],
      }),
    recover: (userId, link) =>
      write('Set a new password', {
        before: [`Somebody, presumably you, has forgotten the password of ${userId}. Set a new one here:`],
        link: { address: link, label: 'Set a new password' },
        after: ['The link works once, for ten minutes. If this was not you, do not open it: your password stays as it is.'],
      }),
  }
}
