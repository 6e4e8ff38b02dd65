import { Readable } from 'node:stream'
import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Clock, createRepeating, type Logger, type Outbound, type OutboundAnswer, OutboundError } from '@glia/platform'
import { type JsonObject, makeMxcUri, type ServerName, type UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import { imageSizeOf, type Media } from '../media/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { decodeHtml } from './decode-html.ts'
import type { ParsedPage } from './parse-page.ts'
import { type UrlPattern, urlBlacklist } from './url-blacklist.ts'

export interface UrlPreviewSettings {
  /** Largest page and largest picture, in bytes. */
  readonly maxSpiderSizeBytes: number
  readonly acceptLanguage: readonly string[]
  readonly urlBlacklist: readonly UrlPattern[]
  readonly maxImagePixels: number
}

export interface UrlPreviews {
  /**
   * What a page says about itself, in Open Graph names; its picture is kept here and named by `og:image`.
   * @param at the page as it was then, if that is known (ms)
   * @throws MatrixError M_UNKNOWN: 400 for what is no web address, 403 for one that must not be asked, 502 where nothing comes back
   */
  preview(userId: UserId, url: string, at: number): Promise<JsonObject>
  start(): void
  stop(): Promise<void>
}

export interface UrlPreviewDeps {
  readonly database: Database<HomeserverSchema>
  readonly outbound: Outbound
  readonly media: Media
  readonly clock: Clock
  readonly logger: Logger
  readonly serverName: ServerName
  readonly settings: UrlPreviewSettings
}

const TIMEOUT_MS = 20_000
const MAX_REDIRECTS = 10
/** As it is written out; databases cannot index longer ones. */
const MAX_URL_LENGTH = 2000
/** More of a page is not read for what it says. */
const MAX_HTML_LENGTH = 1024 * 1024
const KEPT_MS = 3600_000
const IMAGES_KEPT_MS = 2 * 24 * 3600_000
const CLEAN_UP_EVERY_MS = 3600_000
const MAX_IMAGE_TRIES = 2

export function createUrlPreviews(deps: UrlPreviewDeps): UrlPreviews {
  const { database, outbound, media, clock, logger, serverName, settings } = deps
  const mayAsk = urlBlacklist(settings.urlBlacklist)
  const underWay = new Map<string, Promise<JsonObject>>()

  async function preview(userId: UserId, url: URL, at: number): Promise<JsonObject> {
    const known = await database.read
      .selectFrom('url_previews')
      .select('preview')
      .where('url', '=', url.href)
      .where('created_at_ms', '<=', at)
      .where('expires_at_ms', '>', at)
      .orderBy('created_at_ms', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (known) return JSON.parse(known.preview) as JsonObject
    // Many look at a new message at once: the page is asked once.
    const started = underWay.get(url.href) ?? load(userId, url).finally(() => underWay.delete(url.href))
    underWay.set(url.href, started)
    return started
  }

  async function load(userId: UserId, url: URL): Promise<JsonObject> {
    const answer = await fetchPage(url)
    const made = await describe(userId, answer)
    const nowMs = clock.nowMs()
    const row = { expires_at_ms: nowMs + KEPT_MS, preview: JSON.stringify(made) }
    await database.transaction((tx) =>
      tx.db
        .insertInto('url_previews')
        .values({ url: url.href, created_at_ms: nowMs, ...row })
        .onConflict((conflict) => conflict.columns(['url', 'created_at_ms']).doUpdateSet(row))
        .execute(),
    )
    return made
  }

  const request = (url: URL, accept: string) =>
    outbound.request({
      url,
      headers: { accept, 'accept-language': settings.acceptLanguage.join(', ') },
      timeoutMs: TIMEOUT_MS,
      maxBytes: settings.maxSpiderSizeBytes,
      maxRedirects: MAX_REDIRECTS,
      allowUrl: mayAsk,
    })

  async function fetchPage(url: URL): Promise<OutboundAnswer> {
    if (!mayAsk(url)) throw blocked('URL blocked by url pattern blacklist entry')
    const answer = await request(url, 'text/html,application/xhtml+xml,image/*;q=0.9,*/*;q=0.5').catch((error: unknown) => {
      if (!(error instanceof OutboundError)) throw error
      if (error.failure === 'refused') throw blocked('IP address blocked')
      if (error.failure === 'bad_url') throw blocked('URL blocked by url pattern blacklist entry')
      throw badGateway(`Failed to download content: ${error.message}`)
    })
    if (answer.status < 200 || answer.status > 299) throw badGateway(`Got error ${answer.status}`)
    return answer
  }

  async function describe(userId: UserId, answer: OutboundAnswer): Promise<JsonObject> {
    const type = typeOf(answer)
    if (type.startsWith('image/')) return (await keepImage(userId, answer)) ?? {}
    if (!/^(text\/html|application\/xhtml\+xml|application\/xml|text\/xml)$/.test(type)) return {}
    // Loaded with the first page: a start needs no parser.
    const { parsePage, summarize } = await import('./parse-page.ts')
    const page = parsePage(decodeHtml(answer.body, answer.headers['content-type']).slice(0, MAX_HTML_LENGTH))
    const image = await findImage(userId, page, answer.url)
    return { ...describePage(page, summarize(page.paragraphs)), ...image }
  }

  /** The first picture of the page that can be had. One that cannot is no reason to show nothing. */
  async function findImage(userId: UserId, page: ParsedPage, base: URL): Promise<JsonObject | undefined> {
    const named = [page.tags.get('og:image:secure_url'), page.tags.get('og:image'), page.twitter.get('image'), ...page.images, page.icon]
    const urls = [...new Set(named.filter((url) => url !== undefined))].flatMap((url) => URL.parse(url, base) ?? [])
    for (const url of urls.filter(({ protocol }) => protocol === 'http:' || protocol === 'https:').slice(0, MAX_IMAGE_TRIES)) {
      try {
        const answer = await request(url, 'image/*')
        const kept = answer.status === 200 && typeOf(answer).startsWith('image/') ? await keepImage(userId, answer) : undefined
        if (kept) return kept
      } catch (error) {
        if (!(error instanceof OutboundError || error instanceof MatrixError)) throw error
        logger.debug({ reason: error.message }, 'the picture of a page could not be had')
      }
    }
    return undefined
  }

  async function keepImage(userId: UserId, { body, ...answer }: OutboundAnswer): Promise<JsonObject | undefined> {
    const size = await imageSizeOf(body, settings.maxImagePixels)
    if (!size) return undefined
    const file = { content: Readable.from([body]), announcedSize: body.length, type: size.type, name: nameOf(answer.url) }
    const mediaId = await media.upload(userId, file, { isLimited: false })
    await database.transaction((tx) =>
      tx.db.insertInto('url_preview_images').values({ media_id: mediaId, created_at_ms: clock.nowMs() }).execute(),
    )
    return {
      'og:image': makeMxcUri(serverName, mediaId),
      'og:image:type': size.type,
      'og:image:width': size.width,
      'og:image:height': size.height,
      'matrix:image:size': body.length,
    }
  }

  async function cleanUp(): Promise<void> {
    const nowMs = clock.nowMs()
    await database.transaction((tx) => tx.db.deleteFrom('url_previews').where('expires_at_ms', '<', nowMs).execute())
    const old = await database.read
      .selectFrom('url_preview_images')
      .select('media_id')
      .where('created_at_ms', '<', nowMs - IMAGES_KEPT_MS)
      .execute()
    for (const chunk of chunksOf(old.map(({ media_id }) => media_id))) {
      await media.delete(chunk)
      await database.transaction((tx) => tx.db.deleteFrom('url_preview_images').where('media_id', 'in', chunk).execute())
    }
  }

  const cleaning = createRepeating({
    clock,
    everyMs: CLEAN_UP_EVERY_MS,
    work: cleanUp,
    onError: (err) => logger.warn({ err }, 'cleaning up previews failed'),
  })

  return {
    async preview(userId, text, at) {
      const url = URL.parse(text)
      if (
        !url ||
        url.href.length > MAX_URL_LENGTH ||
        !['http:', 'https:'].includes(url.protocol) ||
        url.username !== '' ||
        url.password !== ''
      ) {
        throw new MatrixError('M_UNKNOWN', 'Not a web address that can be previewed')
      }
      url.hash = ''
      return preview(userId, url, at)
    },
    start: cleaning.start,
    stop: cleaning.stop,
  }
}

function describePage({ tags, twitter, title, heading, description }: ParsedPage, summary: string | undefined): JsonObject {
  const own = [...tags].filter(([name]) => name !== 'og:image' && !name.startsWith('og:image:'))
  const found = {
    'og:title': twitter.get('title') ?? title ?? heading,
    'og:description': twitter.get('description') ?? description ?? summary,
    'og:site_name': twitter.get('site_name'),
  }
  const missing = Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(missing), ...Object.fromEntries(own) }
}

function typeOf({ headers }: OutboundAnswer): string {
  return (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
}

function nameOf(url: URL): string | null {
  return (
    decodeURIComponentSafely(url.pathname.split('/').at(-1) ?? '')
      .replaceAll('\0', '')
      .slice(0, 255) || null
  )
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const blocked = (message: string) => new MatrixError('M_UNKNOWN', message, { status: 403 })
const badGateway = (message: string) => new MatrixError('M_UNKNOWN', message, { status: 502 })
