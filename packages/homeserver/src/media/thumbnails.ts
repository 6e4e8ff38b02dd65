import { KeyedMutex } from '@glia/platform'
import type { MediaStore } from './media-store.ts'
import { type Rendering, renderThumbnail, type Thumbnail } from './render-thumbnail.ts'
import { chooseThumbnailSize, type ThumbnailSize } from './thumbnail-size.ts'

/** Pictures that are decoded at the same time: each may need a hundred megabytes. */
const WORKERS = 2

const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' } as const

export interface ThumbnailOptions {
  readonly store: MediaStore
  readonly sizes: readonly ThumbnailSize[]
  /** Make exactly the size that is asked for. */
  readonly anySize: boolean
  readonly maxPixels: number
}

/** Makes thumbnails when they are asked for and keeps them beside the originals. */
export class Thumbnails {
  readonly #options: ThumbnailOptions
  readonly #mutex = new KeyedMutex()
  #nextWorker = 0

  constructor(options: ThumbnailOptions) {
    this.#options = options
  }

  /** @returns undefined when the original is gone */
  async get(fileKey: string, asked: ThumbnailSize, animated: boolean): Promise<Rendering | undefined> {
    const { anySize, sizes } = this.#options
    const size = anySize ? asked : chooseThumbnailSize(asked, sizes)
    const name = `${size.width}x${size.height}-${size.method}${animated ? '-animated' : ''}`
    return this.#mutex.run(`${fileKey} ${name}`, async () => (await this.#kept(fileKey, name)) ?? this.#make(fileKey, name, size, animated))
  }

  async #kept(fileKey: string, name: string): Promise<Thumbnail | undefined> {
    for (const [type, extension] of Object.entries(EXTENSIONS)) {
      const content = await this.#options.store.readDerived(fileKey, `${name}.${extension}`)
      if (content) return { type: type as Thumbnail['type'], content }
    }
    return undefined
  }

  async #make(fileKey: string, name: string, size: ThumbnailSize, animated: boolean): Promise<Rendering | undefined> {
    const { store, maxPixels } = this.#options
    const worker = this.#nextWorker++ % WORKERS
    const made = await this.#mutex.run(`worker ${worker}`, () =>
      store.withFile(fileKey, (path) => renderThumbnail(path, { size, animated, maxPixels })),
    )
    if (typeof made === 'object') await store.writeDerived(fileKey, `${name}.${EXTENSIONS[made.type]}`, made.content)
    return made
  }
}
