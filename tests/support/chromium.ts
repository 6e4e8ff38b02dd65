import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Starts the machine's Chromium (or the one that CHROMIUM_PATH names). */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path))
  if (executablePath === undefined) throw new Error('these tests need Chromium: apt-get install chromium, or set CHROMIUM_PATH')
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}
