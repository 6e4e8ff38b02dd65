export type ThumbnailMethod = 'crop' | 'scale'

export interface ThumbnailSize {
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly method: ThumbnailMethod
}

/**
 * Chooses among the configured sizes: the smallest that is at least as large as asked, of the asked method if there is one; else the
 * largest there is (Client-Server API, "Thumbnails").
 */
export function chooseThumbnailSize(asked: ThumbnailSize, sizes: readonly ThumbnailSize[]): ThumbnailSize {
  const byArea = [...sizes].sort((a, b) => a.width * a.height - b.width * b.height)
  const largeEnough = byArea.filter(({ width, height }) => width >= asked.width && height >= asked.height)
  return largeEnough.find(({ method }) => method === asked.method) ?? largeEnough[0] ?? byArea.at(-1) ?? asked
}
