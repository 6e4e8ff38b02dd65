/**
 * Prints what pages of the admin's lists cost on servers that `glia dev seed` filled; asserts nothing. With a second server, what a page
 * costs there in proportion to the first.
 *
 *   node tests/bench/list-pages.ts --url http://… --token ADMIN_TOKEN [--than-url http://… --than-token ADMIN_TOKEN]
 *     [--pages 30] [--only users,rooms]
 *
 * A page is the median of requests for 100 entries: the first page, and pages that follow one another.
 */
import { parseArgs } from 'node:util'
import { allEndpoints } from '@glia/contract'
import { quantile } from './target.ts'

const text = { type: 'string' } as const
const { values: options } = parseArgs({
  options: { url: text, token: text, 'than-url': text, 'than-token': text, pages: { ...text, default: '30' }, only: text },
})

interface Place {
  readonly url: string
  readonly token: string
}

const places: Place[] = [{ url: options.url ?? 'http://127.0.0.1:8008', token: options.token ?? '' }]
if (options['than-url']) places.unshift({ url: options['than-url'], token: options['than-token'] ?? '' })

/** Lists with the name of the query parameter and of the answer's member that lead to the next page. */
const lists: { name: string; path: string; next: string }[] = [
  ...['/_synapse/admin/v2/users', '/_synapse/admin/v3/users', '/_synapse/admin/v1/statistics/users/media', '/_glia/admin/v1/users'].map(
    (path) => ({ name: path, path, next: 'next_token' }),
  ),
  { name: '/_synapse/admin/v1/rooms', path: '/_synapse/admin/v1/rooms', next: 'next_batch' },
  { name: '/_synapse/admin/v1/users/{user_id}/media', path: '', next: 'next_token' },
  { name: '/_glia/admin/v1/audit_log', path: '/_glia/admin/v1/audit_log', next: 'next_token' },
]

for (const list of lists) {
  if (options.only && !options.only.split(',').some((part) => list.name.includes(part))) continue
  for (const order of ordersOf(list.name)) {
    const costs: { first: number; following: number }[] = []
    for (const place of places) costs.push(await costOf(place, list, order))
    const [small, large] = costs
    const figures = costs.map(({ first, following }) => `${first.toFixed(1)} ms, following ${following.toFixed(1)} ms`).join(' | ')
    const ratio =
      small && large ? ` | × ${(large.first / small.first).toFixed(1)}, × ${(large.following / small.following).toFixed(1)}` : ''
    console.log(`${list.name} ${order ?? ''}: ${figures}${ratio}`)
  }
}

/** What the list can be sorted by, as the contract says. */
function ordersOf(name: string): (string | undefined)[] {
  const found = allEndpoints().find(({ path, method }) => path === name && method === 'GET')
  const query = found?.query as { properties?: Record<string, { enum?: string[] }> } | undefined
  const names = query?.properties?.order_by?.enum
  return names ?? [undefined]
}

async function costOf(place: Place, list: (typeof lists)[number], order: string | undefined) {
  const path = list.path || `/_synapse/admin/v1/users/${await largestUploader(place)}/media`
  const query = `limit=100${order ? `&order_by=${order}` : ''}`
  const [first, following]: [number[], number[]] = [[], []]
  let next: unknown
  for (let page = 0; page < Number(options.pages); page++) {
    const started = performance.now()
    await get(place, `${path}?${query}`)
    first.push(performance.now() - started)
    const startedNext = performance.now()
    const answer = await get(place, `${path}?${query}${next === undefined ? '' : `&from=${encodeURIComponent(String(next))}`}`)
    if (next !== undefined) following.push(performance.now() - startedNext)
    next = answer[list.next] ?? undefined
  }
  return { first: quantile(first, 0.5), following: quantile(following, 0.5) }
}

async function largestUploader(place: Place): Promise<string> {
  const { users } = await get(place, '/_synapse/admin/v1/statistics/users/media?order_by=media_count&dir=b&limit=1')
  return users[0].user_id
}

// biome-ignore lint/suspicious/noExplicitAny: answers have every shape
async function get({ url, token }: Place, path: string): Promise<any> {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
