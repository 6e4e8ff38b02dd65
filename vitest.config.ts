import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { findChromium } from './tests/support/chromium.ts'

const needBrowser = ['tests/console/**', '**/*.browser.test.ts']
const hasBrowser = findChromium() !== undefined
if (!hasBrowser)
  console.warn(`Skipped: ${needBrowser.join(', ')} need Chromium. Install it (apt-get install chromium) or set CHROMIUM_PATH.`)

export default defineConfig({
  test: {
    include: ['packages/**/*.test.ts', 'apps/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasBrowser ? [] : needBrowser)],
    globalSetup: ['packages/testing/src/postgres-for-vitest.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // for whoever polls: machines may be busy
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    // most tests wait for other processes: even two cores do two files at a time
    maxWorkers: Math.max(2, availableParallelism()),
  },
})
