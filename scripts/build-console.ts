import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const consoleDir = join(root, 'apps/console')
const builtDir = join(consoleDir, 'dist')
const stampFile = join(builtDir, '.stamp')

/** Everything that ends up in the built console. */
const SOURCES = [
  'apps/console/{index.html,package.json,vite.config.ts}',
  'apps/console/{src,public}/**/*.*',
  'packages/{client,contract}/src/**/*.ts',
  'package-lock.json',
]

/**
 * Builds the console unless what is there was built from the same sources. Nobody sees a half-built one.
 * @returns what happened
 */
export async function ensureConsoleBuilt(log: (line: string) => void): Promise<'fresh' | 'built'> {
  const stamp = stampOfSources()
  if (isBuiltFrom(stamp)) return 'fresh'
  log('Building the console …')
  const { build } = await import('vite')
  // within a test run Vite would take React's development build
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  const newDir = join(consoleDir, `dist-${process.pid}`)
  try {
    await build({ root: consoleDir, configFile: join(consoleDir, 'vite.config.ts'), logLevel: 'warn', build: { outDir: newDir } })
    writeFileSync(join(newDir, '.stamp'), stamp)
    putInPlace(newDir, stamp)
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
    rmSync(newDir, { recursive: true, force: true })
  }
  return 'built'
}

/** Another process may be doing the same; then one of the equal builds stays. Folders only change places whole, so that none is seen half deleted. */
function putInPlace(newDir: string, stamp: string): void {
  const oldDir = `${newDir}-old`
  while (!isBuiltFrom(stamp)) {
    try {
      renameSync(newDir, builtDir)
      return
    } catch (error) {
      if (!isAbout(error, 'ENOTEMPTY', 'EEXIST')) throw error
      moveAway(oldDir)
    }
  }
}

function moveAway(oldDir: string): void {
  try {
    renameSync(builtDir, oldDir)
  } catch (error) {
    if (!isAbout(error, 'ENOENT')) throw error
  }
  rmSync(oldDir, { recursive: true, force: true })
}

function isAbout(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '')
}

function isBuiltFrom(stamp: string): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
}

function stampOfSources(): string {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: root, exclude: (name) => String(name).endsWith('.test.ts') }).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

if (import.meta.main) {
  try {
    await ensureConsoleBuilt((line) => console.log(line))
  } catch (error) {
    // the homeserver works without its console
    console.error(`The console could not be built, so /admin/ will not be there: ${error instanceof Error ? error.message : error}`)
  }
}
