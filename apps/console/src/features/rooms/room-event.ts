/** An event as clients see it, as far as the console looks into it. */
export interface RoomEvent {
  readonly event_id: string
  readonly type: string
  readonly sender: string
  readonly origin_server_ts: number
  readonly state_key?: string
  readonly content: Readonly<Record<string, unknown>>
  readonly unsigned?: { readonly redacted_because?: unknown }
}

/** Taken as it comes: what other servers sent may have any shape. */
export function asRoomEvent(raw: Readonly<Record<string, unknown>>): RoomEvent {
  const { content } = raw
  return {
    event_id: onlyText(raw.event_id),
    type: onlyText(raw.type),
    sender: onlyText(raw.sender),
    origin_server_ts: Number(raw.origin_server_ts ?? 0),
    ...(typeof raw.state_key === 'string' && { state_key: raw.state_key }),
    content: typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {},
    ...(typeof raw.unsigned === 'object' && raw.unsigned !== null && { unsigned: raw.unsigned }),
  }
}

export function isRedacted({ unsigned }: RoomEvent): boolean {
  return unsigned?.redacted_because !== undefined
}

/** The files that an event shows: server name and media id of each `mxc:` address in it. */
export function mediaOf({ content }: RoomEvent): { readonly serverName: string; readonly mediaId: string }[] {
  const found = [...JSON.stringify(content).matchAll(/"mxc:\/\/([^/"]+)\/([^/"?#]+)"/g)]
  return [...new Map(found.map(([uri, serverName, mediaId]) => [uri, { serverName: serverName!, mediaId: mediaId! }])).values()]
}

/** The picture that an event is: a message with one, or a sticker. Undefined for all others, and for encrypted ones. */
export function pictureOf({
  type,
  content,
}: RoomEvent): { readonly serverName: string; readonly mediaId: string; readonly alt: string } | undefined {
  if (!(type === 'm.sticker' || (type === 'm.room.message' && content.msgtype === 'm.image'))) return undefined
  const parts = typeof content.url === 'string' ? /^mxc:\/\/([^/]+)\/([^/?#]+)$/.exec(content.url) : null
  return parts ? { serverName: parts[1]!, mediaId: parts[2]!, alt: typeof content.body === 'string' ? content.body : '' } : undefined
}

const MEMBERSHIPS: ReadonlyMap<string, string> = new Map([
  ['join', 'joined, or changed the profile'],
  ['invite', 'invited'],
  ['knock', 'asked to join'],
  ['ban', 'banned'],
])

/** The value if it is text, else nothing: `String()` itself fails for some objects. */
function onlyText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What happened, in a line or more; undefined for what only its JSON tells. */
export function textOf(event: RoomEvent): { readonly text: string; readonly isQuoted: boolean } | undefined {
  const { type, content, state_key: stateKey, sender } = event
  const said = (text: unknown) => (typeof text === 'string' ? { text, isQuoted: true } : undefined)
  const told = (text: string) => ({ text, isQuoted: false })
  if (isRedacted(event)) return told('redacted')
  switch (type) {
    case 'm.room.message':
    case 'm.sticker':
      return said(content.body) ?? told('a message without text')
    case 'm.room.encrypted':
      return told('encrypted: only the members can read it')
    case 'm.room.member': {
      const { membership } = content
      if (membership === 'leave') return told(stateKey === sender ? 'left' : `removed ${stateKey}`)
      const verb = MEMBERSHIPS.get(onlyText(membership)) ?? onlyText(membership)
      return told(stateKey === sender ? verb : `${verb} ${stateKey}`)
    }
    case 'm.room.name':
      return told(`named the room “${onlyText(content.name)}”`)
    case 'm.room.topic':
      return told(`set the topic “${onlyText(content.topic)}”`)
    case 'm.room.create':
      return told('created the room')
    case 'm.room.redaction':
      return told('redacted an event')
    case 'm.reaction':
      return told(`reacted with ${onlyText((content['m.relates_to'] as { key?: unknown } | null | undefined)?.key)}`)
    default:
      return undefined
  }
}
