import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CliError } from '../errors.ts'

const WAIT_MS = 30_000

/**
 * Runs `work` while no other process does so with the same file. It is SQLite's lock on an empty database: the system takes it away
 * from a process that dies, so none is ever left behind. Waiting holds up this whole process: never nest it.
 * @throws CliError when the other process takes too long
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(file, { timeout: WAIT_MS })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return await work()
  } catch (error) {
    if ((error as { errcode?: number }).errcode === 5) throw new CliError('another glia is still renewing the session', { cause: error })
    throw error
  } finally {
    lock.close()
  }
}
