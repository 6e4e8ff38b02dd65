import type { Sharp } from 'sharp'
import type { ThumbnailSize } from './thumbnail-size.ts'

export interface Thumbnail {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp'
  readonly content: Buffer
}

export type Rendering = Thumbnail | 'original' | 'not an image' | 'too many pixels'

export interface RenderOptions {
  readonly size: ThumbnailSize
  /** Keep the movement of animated images. */
  readonly animated: boolean
  readonly maxPixels: number
}

/** What is decoded at all. SVG, PDF and the like are programs rather than pictures. */
const LOADERS = ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadNsgif', 'VipsForeignLoadWebp', 'VipsForeignLoadHeif']
const FORMATS = new Set(['jpeg', 'png', 'gif', 'webp', 'heif'])

type SharpModule = typeof import('sharp').default
let loaded: Promise<SharpModule> | undefined

/** Loaded at the first thumbnail: it is large. */
export function loadSharp(): Promise<SharpModule> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({ operation: LOADERS })
    sharp.cache(false)
    sharp.concurrency(1)
    return sharp
  })
  return loaded
}

/**
 * Makes a small version of an image file, off the event loop. Never enlarges; turns the image as its EXIF data says. JPEG, or PNG
 * where the image has transparency, or WebP where it moves.
 * @returns `original` where the image as it is fits into the size and says nothing that a thumbnail must not say
 */
export async function renderThumbnail(path: string, options: RenderOptions): Promise<Rendering> {
  const sharp = await loadSharp()
  const { size, maxPixels } = options
  const metadata = await sharp(path, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined)
  if (!metadata || !FORMATS.has(metadata.format)) return 'not an image'
  const { width, height } = metadata.autoOrient
  const frameHeight = metadata.pageHeight ?? height
  if (width * frameHeight > maxPixels) return 'too many pixels'
  const frames = metadata.pages ?? 1
  const moves = options.animated && frames > 1 && width * frameHeight * frames <= maxPixels
  if (frames === 1 && metadata.format !== 'heif' && width <= size.width && frameHeight <= size.height) return 'original'
  try {
    const image = sharp(path, { limitInputPixels: maxPixels, animated: moves, failOn: 'error' }).autoOrient()
    return await encode(image.resize(resizeOptions(size, width, frameHeight)), moves, metadata.hasAlpha === true)
  } catch {
    // the head of the file was an image's, the rest is damaged
    return 'not an image'
  }
}

function resizeOptions({ width, height, method }: ThumbnailSize, originalWidth: number, originalHeight: number) {
  if (method === 'scale') return { width, height, fit: 'inside', withoutEnlargement: true } as const
  return { width: Math.min(width, originalWidth), height: Math.min(height, originalHeight), fit: 'cover' } as const
}

async function encode(image: Sharp, moves: boolean, hasAlpha: boolean): Promise<Thumbnail> {
  if (moves) return { type: 'image/webp', content: await image.webp({ quality: 80 }).toBuffer() }
  if (hasAlpha) return { type: 'image/png', content: await image.png().toBuffer() }
  return { type: 'image/jpeg', content: await image.jpeg({ quality: 80 }).toBuffer() }
}
