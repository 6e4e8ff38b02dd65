import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { ensureConsoleBuilt } from '../../scripts/build-console.ts'
import { launchChromium } from './chromium.ts'
import { startTestServer, type TestServer, type TestUser } from './start-server.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A Glia with its console, and a browser. */
export interface ConsoleFixture {
  readonly server: TestServer
  readonly admin: TestUser
  /** A page of a browser that nobody used before. Errors in it are collected in `complaints`. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>
  /** The same, signed in by a pasted token. */
  openSignedIn(path: string, options?: BrowserContextOptions): Promise<Page>
  readonly complaints: string[]
  close(): Promise<void>
}

export async function startConsole(): Promise<ConsoleFixture> {
  await ensureConsoleBuilt(() => {})
  const server = await startTestServer()
  const browser: Browser = await launchChromium()
  const admin = await server.register('admin', { admin: true })
  const complaints: string[] = []

  const open: ConsoleFixture['open'] = async (path, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      // Chromium reports every answer that is not 2xx; the tests look at what the page makes of it
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
    })
    await page.goto(`${server.url}${path}`)
    return page
  }
  return {
    server,
    admin,
    complaints,
    open,
    async openSignedIn(path, options) {
      const page = await open(path, options)
      await signInByToken(page, admin.accessToken)
      return page
    },
    async close() {
      await browser.close()
      await server.remove()
    },
  }
}

export async function signInByPassword(page: Page, user: { localpart: string; password: string }): Promise<void> {
  await page.getByLabel('User name').fill(user.localpart)
  await page.getByRole('textbox', { name: 'Password' }).fill(user.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export async function signInByToken(page: Page, token: string): Promise<void> {
  await page.getByText('Access token').click()
  await page.getByRole('textbox', { name: 'Access token' }).fill(token)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('navigation', { name: 'Main' }).waitFor({ state: 'attached' })
}

/** Fails with what axe finds on the page as it is now (WCAG 2.2 A and AA, and axe's best practices). */
export async function expectAccessible(page: Page): Promise<void> {
  // not as an element of the page: its policy lets no script in
  await page.evaluate(axe)
  const violations = await page.evaluate(async () => {
    const { axe: runner } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } }
    return (await runner.run()).violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`)
  })
  expect(violations).toEqual([])
}

interface AxeViolation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string }[]
}
