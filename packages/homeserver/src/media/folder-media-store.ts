import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Clock, Random } from '@glia/platform'
import { FileTooLargeError, type MediaStore, type StagedFile } from './media-store.ts'

/** In a shared folder, uploads that are older than this are taken for left behind by a process that died. */
const STALE_UPLOAD_MS = 24 * 3600_000

/**
 * Media in a folder:
 * - `incoming/`: uploads that are still coming in
 * - `content/ab/cd/<sha256>.<suffix>`: whole files. The suffix makes every key new, so that deleting a file can never hit the same content
 *   uploaded again a moment later
 * - `thumbnails/ab/cd/<sha256>.<suffix>/…`: made from them, may be deleted at any time
 */
export class FolderMediaStore implements MediaStore {
  readonly #folder: string
  readonly #clock: Clock
  readonly #random: Random
  readonly #isShared: boolean

  /** @param isShared other processes use the same folder */
  constructor(folder: string, { clock, random, isShared }: { clock: Clock; random: Random; isShared: boolean }) {
    this.#folder = folder
    this.#clock = clock
    this.#random = random
    this.#isShared = isShared
  }

  async stage(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StagedFile> {
    const incoming = join(this.#folder, 'incoming')
    await mkdir(incoming, { recursive: true })
    const path = join(incoming, this.#random.text(24))
    const discard = () => rm(path, { force: true })
    try {
      const { size, sha256 } = await writeThrough(path, source, maxBytes)
      return { size, sha256, keep: () => this.#keep(path, sha256), discard }
    } catch (error) {
      await discard()
      throw error
    }
  }

  async #keep(path: string, sha256: string): Promise<string> {
    const key = `${sha256}.${this.#random.text(8)}`
    const target = this.#contentPath(key)
    const firstMade = await mkdir(dirname(target), { recursive: true })
    await rename(path, target)
    await syncFolder(dirname(target))
    if (firstMade) await syncFolder(dirname(firstMade))
    return key
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Readable | undefined> {
    const handle = await openIfThere(this.#contentPath(key))
    return handle?.createReadStream(range)
  }

  async withFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T | undefined> {
    const path = this.#contentPath(key)
    const found = await stat(path).catch(() => undefined)
    return found && use(path)
  }

  async remove(key: string): Promise<void> {
    await rm(this.#contentPath(key), { force: true })
    await rm(this.#derivedFolder(key), { recursive: true, force: true })
  }

  async readDerived(key: string, name: string): Promise<Buffer | undefined> {
    return readFile(join(this.#derivedFolder(key), name)).catch(() => undefined)
  }

  async writeDerived(key: string, name: string, content: Buffer): Promise<void> {
    const folder = this.#derivedFolder(key)
    await mkdir(folder, { recursive: true })
    const unfinished = join(folder, `.${name}.${this.#random.text(8)}`)
    await writeFile(unfinished, content)
    await rename(unfinished, join(folder, name))
  }

  async cleanUp(): Promise<void> {
    const incoming = join(this.#folder, 'incoming')
    for (const name of await readdir(incoming).catch(() => [])) {
      const path = join(incoming, name)
      const found = await stat(path).catch(() => undefined)
      if (found && (!this.#isShared || this.#clock.nowMs() - found.mtimeMs > STALE_UPLOAD_MS)) await rm(path, { force: true })
    }
  }

  #contentPath(key: string): string {
    return join(this.#folder, 'content', key.slice(0, 2), key.slice(2, 4), key)
  }

  #derivedFolder(key: string): string {
    return join(this.#folder, 'thumbnails', key.slice(0, 2), key.slice(2, 4), key)
  }
}

async function writeThrough(path: string, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<{ size: number; sha256: string }> {
  const handle = await open(path, 'wx', 0o640)
  try {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of source) {
      size += chunk.length
      if (size > maxBytes) throw new FileTooLargeError()
      hash.update(chunk)
      await writeAll(handle, chunk)
    }
    await handle.datasync()
    return { size, sha256: hash.digest('hex') }
  } finally {
    await handle.close()
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) written += (await handle.write(chunk, written)).bytesWritten
}

/** A rename is durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
