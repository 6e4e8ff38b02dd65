import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, choice, duration, httpUrl, integer, listOf, optional, path, size } from '../types.ts'

export const mediaFields = {
  enable_authenticated_media: setting(boolean, {
    default: true,
    doc: 'Give media uploaded from now on only to clients that sign their request (`/_matrix/client/v1/media/…`), not at the old open addresses.',
  }),
  media_store_path: setting(path, { default: 'media_store', doc: 'Folder of the uploaded files.' }),
  max_upload_size: setting(size, { default: '50M', doc: 'Largest upload.' }),
  unused_expiration_time: setting(duration, {
    default: '24h',
    doc: 'How long a reserved media id (`POST /_matrix/media/v1/create`) waits for its content.',
  }),
  max_pending_media_uploads: setting(integer({ min: 1 }), {
    default: 5,
    doc: 'Reserved media ids without content that one user may have.',
  }),
  max_image_pixels: setting(size, { default: '32M', doc: 'Images with more pixels get no thumbnails.' }),
  dynamic_thumbnails: setting(boolean, {
    default: false,
    doc: 'Make thumbnails in exactly the size that a client asks for, instead of the nearest of `thumbnail_sizes`.',
  }),
  thumbnail_sizes: setting(
    listOf(
      section({
        width: setting(integer({ min: 1, max: 4096 }), { doc: 'Pixels.' }),
        height: setting(integer({ min: 1, max: 4096 }), { doc: 'Pixels.' }),
        method: setting(choice('crop', 'scale'), { default: 'scale', doc: '`crop` fills the size, `scale` fits into it.' }),
      }),
      'a list of maps with width, height and method',
    ),
    {
      default: [
        { width: 32, height: 32, method: 'crop' },
        { width: 96, height: 96, method: 'crop' },
        { width: 320, height: 240, method: 'scale' },
        { width: 640, height: 480, method: 'scale' },
        { width: 800, height: 600, method: 'scale' },
      ],
      doc: 'The sizes of thumbnails.',
    },
  ),
  media_upload_limits: setting(
    listOf(
      section({
        time_period: setting(duration, { doc: 'Span of time.' }),
        max_size: setting(size, { doc: 'How much a user may upload in it.' }),
        info_uri: setting(optional(httpUrl), { doc: 'Page that tells users of the limit. Default: one of this server.' }),
      }),
      'a list of maps with time_period and max_size',
    ),
    { default: [], doc: 'How much a user may upload in any such span of time; every one of them holds (docs/retention.md).' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface MediaConfig {
  readonly authenticated: boolean
  /** Absolute. */
  readonly storePath: string
  readonly maxUploadSizeBytes: number
  readonly unusedExpirationMs: number
  readonly maxPendingUploads: number
  readonly maxImagePixels: number
  readonly dynamicThumbnails: boolean
  readonly uploadLimits: readonly { readonly periodMs: number; readonly maxBytes: number; readonly infoUri: string | null }[]
  readonly thumbnailSizes: readonly { readonly width: number; readonly height: number; readonly method: 'crop' | 'scale' }[]
}

export function mediaConfig(values: ValuesOf<typeof mediaFields>): MediaConfig {
  return {
    authenticated: values.enable_authenticated_media,
    storePath: values.media_store_path,
    maxUploadSizeBytes: values.max_upload_size,
    unusedExpirationMs: values.unused_expiration_time,
    maxPendingUploads: values.max_pending_media_uploads,
    maxImagePixels: values.max_image_pixels,
    dynamicThumbnails: values.dynamic_thumbnails,
    thumbnailSizes: values.thumbnail_sizes,
    uploadLimits: values.media_upload_limits.map(({ time_period: periodMs, max_size: maxBytes, info_uri: infoUri }) => ({
      periodMs,
      maxBytes,
      infoUri,
    })),
  }
}
