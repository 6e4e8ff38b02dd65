import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}
const COMPRESSED = /^(text|application\/json|image\/svg)/
/** Plain names, none of which begins with a point: nothing outside the folder, nothing hidden. */
const NAME = /^[\w@-][\w@.-]*(\/[\w@-][\w@.-]*)*$/

export interface StaticFile {
  readonly contentType: string
  readonly etag: string
  readonly body: Buffer
  /** Undefined for what does not get smaller. */
  readonly gzipped: Buffer | undefined
}

/** The files of a folder, kept in memory once they were asked for, and read again when they have changed. */
export class StaticFolder {
  readonly #path: string
  readonly #files = new Map<string, { readonly changedAtMs: number; readonly file: StaticFile }>()

  constructor(path: string) {
    this.#path = path
  }

  /** @param name with `/` between folders */
  async find(name: string): Promise<StaticFile | undefined> {
    const contentType = CONTENT_TYPES[extname(name)]
    if (contentType === undefined || !NAME.test(name)) return undefined
    const path = join(this.#path, name)
    const status = await stat(path).catch(() => undefined)
    if (!status?.isFile()) return undefined
    const known = this.#files.get(name)
    if (known?.changedAtMs === status.mtimeMs) return known.file
    const body = await readFile(path)
    const file: StaticFile = {
      contentType,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
      body,
      gzipped: COMPRESSED.test(contentType) ? await promisify(gzip)(body, { level: 9 }) : undefined,
    }
    this.#files.set(name, { changedAtMs: status.mtimeMs, file })
    return file
  }
}
