import { loadSharp } from './render-thumbnail.ts'

export interface ImageSize {
  readonly type: 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp'
  /** Pixels, as it is looked at. */
  readonly width: number
  readonly height: number
}

const TYPES: Record<string, ImageSize['type']> = { jpeg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp' }

/** What a picture is, by its first bytes. @returns undefined for what is no picture, or has more pixels */
export async function imageSizeOf(content: Buffer, maxPixels: number): Promise<ImageSize | undefined> {
  const sharp = await loadSharp()
  const found = await sharp(content, { limitInputPixels: maxPixels })
    .metadata()
    .catch(() => undefined)
  const type = found && TYPES[found.format]
  if (!type) return undefined
  const { width, height } = found.autoOrient
  return { type, width, height }
}
