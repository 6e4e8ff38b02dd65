import type { Readable } from 'node:stream'
import { contract, MatrixError } from '@glia/contract'
import { isRateLimited, Reply, RequestAbortedError, type RequestInfo, type Route, route } from '@glia/http'
import { makeMxcUri, type ServerName } from '@glia/protocol'
import { downloadHeaders, parseRange } from './download-headers.ts'
import { type Media, notFound, type StoredMedia } from './media.ts'
import type { IncomingFile } from './upload.ts'

export interface MediaClientRoutesDeps {
  readonly media: Media
  readonly serverName: ServerName
  readonly maxUploadSizeBytes: number
}

const DEFAULT_WAIT_MS = 20_000
const MAX_WAIT_MS = 60_000

/** Client-Server API, "Content repository". */
export function mediaClientRoutes({ media, serverName, maxUploadSizeBytes }: MediaClientRoutesDeps): Route[] {
  const { client } = contract

  async function find(target: Target): Promise<StoredMedia> {
    if (target.params.serverName !== serverName) throw notFound()
    return media.find(target.params.mediaId, {
      timeoutMs: Math.min(target.query.timeout_ms ?? DEFAULT_WAIT_MS, MAX_WAIT_MS),
      open: target.open,
      evenQuarantined: target.evenQuarantined ?? false,
      signal: target.request.signal,
    })
  }

  async function download(target: Target & { fileName?: string }): Promise<Reply> {
    const found = await find(target)
    const headers = {
      ...downloadHeaders({
        type: found.type ?? 'application/octet-stream',
        fileName: target.fileName ?? found.uploadName,
        open: target.open,
        etag: `"${found.sha256}"`,
      }),
      'accept-ranges': 'bytes',
    }
    return sendContent(media, found, target.request, headers)
  }

  async function thumbnail(target: Target & { query: ThumbnailQuery }): Promise<Reply> {
    const found = await find(target)
    const { width, height, method = 'scale', animated = false } = target.query
    const etag = `"${found.sha256}-${width}x${height}-${method}${animated ? '-animated' : ''}"`
    if (isUnchanged(target.request, etag)) return new Reply(304, { etag })
    const rendering = await media.thumbnail(found, { width, height, method }, animated)
    if (rendering === undefined) throw notFound()
    if (rendering === 'not an image') throw new MatrixError('M_UNKNOWN', 'Cannot make a thumbnail of this media')
    if (rendering === 'too many pixels') throw new MatrixError('M_TOO_LARGE', 'The image is too large to make a thumbnail of')
    const type = rendering === 'original' ? (found.type ?? 'application/octet-stream') : rendering.type
    const headers = downloadHeaders({ type, fileName: null, open: target.open, etag })
    if (rendering === 'original') return sendContent(media, found, target.request, headers)
    return new Reply(200, headers, rendering.content)
  }

  return [
    route(client.media.uploadMedia, async ({ query, requester, request }) => {
      const mediaId = await receive(request, (content) => media.upload(requester.userId, incomingFile(request, query.filename, content)))
      return { content_uri: makeMxcUri(serverName, mediaId) }
    }),
    route(client.media.createMedia, async ({ requester }) => {
      const { mediaId, unusedExpiresAtMs } = await media.reserve(requester.userId, { isLimited: isRateLimited(requester) })
      return { content_uri: makeMxcUri(serverName, mediaId), unused_expires_at: unusedExpiresAtMs }
    }),
    route(client.media.uploadToCreatedMedia, async ({ params, query, requester, request }) => {
      if (params.serverName !== serverName) throw new MatrixError('M_NOT_FOUND', 'Non-local server name specified')
      const reserved = { userId: requester.userId, mediaId: params.mediaId }
      await receive(request, (content) => media.uploadReserved(reserved, incomingFile(request, query.filename, content)))
      return {}
    }),
    route(client.media.getMediaConfig, async () => ({ 'm.upload.size': maxUploadSizeBytes })),
    route(client.media.downloadMedia, async ({ params, query, requester, request }) =>
      download({ params, query, request, open: false, evenQuarantined: bypassesQuarantine(query, requester) }),
    ),
    route(client.media.downloadMediaAs, async ({ params, query, requester, request }) =>
      download({
        params,
        query,
        request,
        open: false,
        evenQuarantined: bypassesQuarantine(query, requester),
        fileName: params.fileName,
      }),
    ),
    route(client.media.getMediaThumbnail, async ({ params, query, request }) => thumbnail({ params, query, request, open: false })),
    route(client.media.downloadMediaLegacy, async ({ params, query, request }) => download({ params, query, request, open: true })),
    route(client.media.downloadMediaAsLegacy, async ({ params, query, request }) =>
      download({ params, query, request, open: true, fileName: params.fileName }),
    ),
    route(client.media.getMediaThumbnailLegacy, async ({ params, query, request }) => thumbnail({ params, query, request, open: true })),
  ]
}

interface Target {
  readonly params: { readonly serverName: string; readonly mediaId: string }
  readonly query: { readonly timeout_ms?: number }
  readonly request: RequestInfo
  readonly open: boolean
  readonly evenQuarantined?: boolean
}

interface ThumbnailQuery {
  readonly width: number
  readonly height: number
  readonly method?: 'crop' | 'scale'
  readonly animated?: boolean
}

function bypassesQuarantine(query: { admin_unsafely_bypass_quarantine?: boolean }, requester: { isAdmin: boolean }): boolean {
  if (!query.admin_unsafely_bypass_quarantine) return false
  if (!requester.isAdmin) throw new MatrixError('M_UNKNOWN', 'Must be a server admin to bypass quarantine')
  return true
}

/** Gives the body to `use`. The rest of a refused one is read past, so that the refusal, and the connection's next request, get through. */
async function receive<T>(request: RequestInfo, use: (content: AsyncIterable<Buffer>) => Promise<T>): Promise<T> {
  const { stream } = request
  let cutOff: unknown
  async function* content(): AsyncGenerator<Buffer> {
    try {
      yield* stream.iterator({ destroyOnReturn: false })
    } catch (error) {
      cutOff = error
      throw error
    }
  }
  try {
    return await use(content())
  } catch (error) {
    if (cutOff !== undefined) throw new RequestAbortedError('upload ended early', { cause: error })
    stream.resume()
    throw error
  }
}

function incomingFile(request: RequestInfo, name: string | undefined, content: AsyncIterable<Buffer>): IncomingFile {
  const length = request.headers['content-length']
  return {
    content,
    announcedSize: length === undefined ? undefined : Number(length),
    type: String(request.headers['content-type'] ?? 'application/octet-stream'),
    name: name || null,
  }
}

async function sendContent(media: Media, found: StoredMedia, request: RequestInfo, headers: Record<string, string>): Promise<Reply> {
  if (isUnchanged(request, headers.etag!)) return new Reply(304, { etag: headers.etag! })
  const range = headers['accept-ranges'] ? parseRange(request.headers.range as string | undefined, found.size) : undefined
  if (range === 'unsatisfiable') return new Reply(416, { ...headers, 'content-range': `bytes */${found.size}` })
  if (request.method === 'HEAD') return new Reply(200, { ...headers, 'content-length': String(found.size) })
  const content = found.size === 0 ? Buffer.alloc(0) : await media.read(found, range)
  if (!content) throw notFound()
  if (!range) return new Reply(200, { ...headers, 'content-length': String(found.size) }, content as Readable | Buffer)
  const { start, end } = range
  return new Reply(
    206,
    { ...headers, 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${found.size}` },
    content as Readable | Buffer,
  )
}

function isUnchanged(request: RequestInfo, etag: string): boolean {
  return String(request.headers['if-none-match'] ?? '')
    .split(',')
    .some((candidate) => candidate.trim().replace(/^W\//, '') === etag)
}
