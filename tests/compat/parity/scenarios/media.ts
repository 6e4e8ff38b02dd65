import sharp from 'sharp'
import type { Answer, Scenario } from '../stage.ts'

const HEADERS = ['content-type', 'content-disposition', 'content-security-policy', 'cross-origin-resource-policy', 'location']

export const media: Scenario = {
  area: 'media',
  async run({ url, register, userId, serverName, mark, api, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const upload = async (label: string, user: typeof ann, raw: string | Uint8Array, type: string, query = '') => {
      const answer = await user.api('POST', `/_matrix/media/v3/upload${query}`, { raw, headers: { 'content-type': type } })
      const id: string = answer.body.content_uri.split('/')[3]
      name(label, id)
      return { id, answer }
    }
    const text = await upload('TEXT', ann, `hello ${mark}`, 'text/plain', '?filename=a%20n%C3%A4me.txt')
    note('upload', text.answer)
    const page = await upload('PAGE', ann, `<p>${mark}`, 'text/html')
    const bens = await upload('BENS', ben, 'x'.repeat(1000) + mark, 'application/octet-stream', '?filename=b.bin')
    const jpeg = await sharp({ create: { width: 1000, height: 500, channels: 3, background: { r: 200, g: 1, b: 1 } } })
      .jpeg()
      .toBuffer()
    const picture = await upload('PICTURE', ann, jpeg, 'image/jpeg')
    const untyped = await ann.api('POST', '/_matrix/media/v3/upload', { raw: new Uint8Array([1]) })
    name('BYTE', untyped.body.content_uri.split('/')[3])
    note('upload: without type', untyped)
    note('upload: without token', await api('POST', '/_matrix/media/v3/upload', { raw: 'x' }))

    // hashes and lengths contain the mark
    const details = ({ body }: Answer) =>
      JSON.parse(JSON.stringify(body), (key, value) => (key === 'sha256' || (key === 'last_access_ts' && value) ? '…' : value))
    const info = async (label: string, id: string, server = serverName) => {
      const answer = await root.admin('GET', `/v1/media/${server}/${id}`)
      note(label, answer, details(answer))
    }
    await info('info', text.id)
    await info('info: without file name', page.id)
    await info('info: picture', picture.id)
    await info('info: unknown', 'none')
    await info('info: of another server', 'none', 'other.example')

    const fetched = async (label: string, path: string, token: string | undefined = ann.accessToken) => {
      const response = await fetch(url + path, { headers: token === '' ? {} : { authorization: `Bearer ${token}` }, redirect: 'manual' })
      const bytes = Buffer.from(await response.arrayBuffer())
      const type = response.headers.get('content-type') ?? ''
      const headers = Object.fromEntries(
        HEADERS.flatMap((header) => (response.headers.has(header) ? [[header, response.headers.get(header)]] : [])),
      )
      const body = type.startsWith('application/json')
        ? { json: JSON.parse(bytes.toString()) }
        : { headers, ...(type.startsWith('image/') ? { size: await sizeOf(bytes) } : { bytes: bytes.length }) }
      note(label, { request: `GET ${path}`, status: response.status, headers: response.headers, body })
    }
    const files = '/_matrix/client/v1/media'
    await fetched('download', `${files}/download/${serverName}/${text.id}`)
    await fetched('download: html', `${files}/download/${serverName}/${page.id}`)
    await fetched('download: under another name', `${files}/download/${serverName}/${text.id}/other.txt`)
    await fetched('download: picture', `${files}/download/${serverName}/${picture.id}`)
    await fetched('download: unknown', `${files}/download/${serverName}/none`)
    await fetched('download: without token', `${files}/download/${serverName}/${text.id}`, '')
    await fetched('download: old path', `/_matrix/media/v3/download/${serverName}/${text.id}`, '')
    for (const query of [
      'width=96&height=96&method=crop',
      'width=32&height=32&method=crop',
      'width=300&height=200',
      'width=640&height=480&method=scale',
      'width=0&height=1',
      'width=x&height=2',
      'height=2',
      'width=-1&height=2',
    ]) {
      await fetched(`thumbnail: ${query}`, `${files}/thumbnail/${serverName}/${picture.id}?${query}`)
    }
    await fetched('thumbnail: of a text', `${files}/thumbnail/${serverName}/${text.id}?width=32&height=32`)
    await fetched('thumbnail: unknown', `${files}/thumbnail/${serverName}/none?width=32&height=32`)
    note('config', await ann.client('GET', `${files}/config`))
    note('config: old path', await ann.client('GET', '/_matrix/media/v3/config'))

    const ofUser = async (label: string, id: string, query = '') => {
      const answer = await root.admin('GET', `/v1/users/${encodeURIComponent(id)}/media${query}`)
      note(label, answer, details(answer))
    }
    for (const query of [
      '',
      '?limit=1',
      '?limit=1&from=1',
      '?dir=f',
      '?dir=b',
      '?order_by=media_length',
      '?order_by=media_type&dir=b',
      '?from=50',
    ]) {
      await ofUser(`of a user${query}`, ann.userId, query)
    }
    for (const query of ['?order_by=x', '?dir=x', '?limit=x', '?limit=-1', '?from=-1'])
      await ofUser(`of a user: refused: ${query}`, ann.userId, query)
    await ofUser('of a user: unknown', userId('nobody'))
    await ofUser('of a user: of another server', '@x:other.example')
    await ofUser('of a user: malformed id', 'x')

    const statistics = (query: string) => root.admin('GET', `/v1/statistics/users/media?search_term=${mark}&${query}`)
    for (const query of [
      '',
      'order_by=media_length&dir=b',
      'order_by=media_count',
      'order_by=user_id&dir=b&limit=1',
      'from=1',
      'until_ts=5',
      `from_ts=${Date.now() + 60_000}`,
    ]) {
      note(`statistics: ${query.replace(/\d{13}/, 'LATER')}`, await statistics(query))
    }
    for (const query of [
      'order_by=x',
      'dir=x',
      'limit=-1',
      'from=x',
      'from_ts=-1',
      'until_ts=x',
      'from_ts=5&until_ts=5',
      'from_ts=6&until_ts=5',
    ]) {
      note(`statistics: refused: ${query}`, await statistics(query))
    }
    note('statistics: empty search', await root.admin('GET', '/v1/statistics/users/media?search_term='))

    for (const query of [
      '',
      '?before_ts=-1',
      '?before_ts=5',
      '?before_ts=x',
      '?before_ts=30000000000&keep_profiles=x',
      '?before_ts=30000000000&size_gt=-1',
      '?before_ts=30000000000',
    ]) {
      note(`delete by date${query}`, await root.admin('POST', `/v1/media/delete${query}`))
      note(`purge cache${query}`, await root.admin('POST', `/v1/purge_media_cache${query}`))
    }
    note('delete by date: old path', await root.admin('POST', `/v1/media/${serverName}/delete?before_ts=30000000000`))
    note('delete: unknown', await root.admin('DELETE', `/v1/media/${serverName}/none`))
    note('delete: of another server', await root.admin('DELETE', '/v1/media/other.example/none'))
    note('delete', await root.admin('DELETE', `/v1/media/${serverName}/${bens.id}`))
    await fetched('delete: download', `${files}/download/${serverName}/${bens.id}`)
    note('delete of a user: one', await root.admin('DELETE', `/v1/users/${ann.userId}/media?limit=1`))
    const rest = await root.admin('DELETE', `/v1/users/${ann.userId}/media`)
    note('delete of a user', rest, { ...rest.body, deleted_media: rest.body.deleted_media.length })
    note('delete of a user: nothing left', await root.admin('DELETE', `/v1/users/${ann.userId}/media`))
    note('delete of a user: unknown', await root.admin('DELETE', `/v1/users/${userId('nobody')}/media`))

    const promised = await ann.client('POST', '/_matrix/media/v1/create')
    note('create', promised, { ...promised.body, content_uri: typeof promised.body.content_uri })
    const later: string = promised.body.content_uri.split('/')[3]
    name('LATER', later)
    const put = (user: typeof ann, id: string, server = serverName) =>
      user.api('PUT', `/_matrix/media/v3/upload/${server}/${id}`, { raw: 'x', headers: { 'content-type': 'text/plain' } })
    note('create: fetched too early', await ann.client('GET', `${files}/download/${serverName}/${later}?timeout_ms=0`))
    note('create: put by another', await put(ben, later))
    note('create: put unknown', await put(ann, 'none'))
    note('create: put to another server', await put(ann, later, 'other.example'))
    note('create: put', await put(ann, later))
    note('create: put again', await put(ann, later))
    note('not an admin', await ann.admin('GET', `/v1/media/${serverName}/${later}`))
  },
}

async function sizeOf(image: Buffer): Promise<string> {
  const { width, height, format } = await sharp(image).metadata()
  return `${width}x${height} ${format}`
}
