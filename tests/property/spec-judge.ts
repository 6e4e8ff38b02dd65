/** An event as clients see it. */
export interface SeenEvent {
  readonly type: string
  readonly sender: string
  readonly state_key?: string
  // biome-ignore lint/suspicious/noExplicitAny: contents have every shape
  readonly content: any
}

/**
 * The authorization rules once more, written from the specification ("Room Versions", versions 6 to 12) and from nothing else, for what
 * happens in rooms of one server: no signatures, no third-party invites. It sees events one after another and remembers the state.
 */
export class SpecJudge {
  readonly #version: number
  readonly #state = new Map<string, SeenEvent>()

  constructor(version: number) {
    this.#version = version
  }

  /** Takes an event as having happened. */
  happened(event: SeenEvent): void {
    if (event.state_key !== undefined) this.#state.set(`${event.type} ${event.state_key}`, event)
  }

  /** @returns why the event must not happen; undefined if it may */
  objection(event: SeenEvent): string | undefined {
    const { type, sender, state_key: key } = event
    if (type === 'm.room.create') return this.#state.size > 0 ? 'a second create event' : undefined
    if (!this.#create) return 'no create event'
    if (type === 'm.room.member') return this.#ofMember(event)
    if (this.membership(sender) !== 'join') return 'the sender is not joined'
    if (this.levelOf(sender) < this.#needed(type, key !== undefined)) return 'the level is too low'
    if (key?.startsWith('@') && key !== sender) return 'the state key is the name of another user'
    return type === 'm.room.power_levels' ? this.#ofPowerLevels(event) : undefined
  }

  membership(userId: string): string {
    return this.#state.get(`m.room.member ${userId}`)?.content.membership ?? 'leave'
  }

  get joinRule(): string {
    return this.#state.get('m.room.join_rules ')?.content.join_rule ?? 'invite'
  }

  levelOf(userId: string): number {
    if (this.#version >= 12 && this.#isCreator(userId)) return Number.POSITIVE_INFINITY
    const levels = this.#state.get('m.room.power_levels ')
    if (!levels) return this.#isCreator(userId) ? 100 : 0
    return levels.content.users?.[userId] ?? levels.content.users_default ?? 0
  }

  /** Whether somebody is there who could let others in by a restricted join rule. */
  get hasInviter(): boolean {
    const members = [...this.#state.values()].filter(({ type, content }) => type === 'm.room.member' && content.membership === 'join')
    return members.some(({ state_key }) => this.levelOf(state_key!) >= this.#level('invite', 0))
  }

  get #create(): SeenEvent | undefined {
    return this.#state.get('m.room.create ')
  }

  #isCreator(userId: string): boolean {
    const create = this.#create!
    if (this.#version < 11) return create.content.creator === userId
    return create.sender === userId || (this.#version >= 12 && (create.content.additional_creators ?? []).includes(userId))
  }

  #level(name: string, otherwise: number): number {
    return this.#state.get('m.room.power_levels ')?.content[name] ?? otherwise
  }

  #needed(type: string, isState: boolean): number {
    const own = this.#state.get('m.room.power_levels ')?.content.events?.[type]
    if (own !== undefined) return own
    // without power levels, 0 for all
    if (!this.#state.has('m.room.power_levels ')) return isState ? 50 : 0
    return isState ? this.#level('state_default', 50) : this.#level('events_default', 0)
  }

  #ofMember({ sender, state_key: target, content }: SeenEvent): string | undefined {
    if (target === undefined) return 'a member event without state key'
    const before = this.membership(target)
    const own = this.levelOf(sender)
    switch (content.membership) {
      case 'join':
        return this.#ofJoin(sender, target, before, content)
      case 'invite':
        if (this.membership(sender) !== 'join') return 'the inviter is not joined'
        if (before === 'join' || before === 'ban') return 'the invited is joined or banned'
        return own >= this.#level('invite', 0) ? undefined : 'the level is too low to invite'
      case 'leave':
        if (sender === target) return ['invite', 'join', 'knock'].includes(before) ? undefined : 'nothing to leave'
        if (this.membership(sender) !== 'join') return 'who kicks is not joined'
        if (before === 'ban' && own < this.#level('ban', 50)) return 'the level is too low to unban'
        return own >= this.#level('kick', 50) && this.levelOf(target) < own ? undefined : 'the level is too low to kick'
      case 'ban':
        if (this.membership(sender) !== 'join') return 'who bans is not joined'
        return own >= this.#level('ban', 50) && this.levelOf(target) < own ? undefined : 'the level is too low to ban'
      case 'knock':
        if (this.#version < 7) return 'no knocking in this version'
        if (!(this.joinRule === 'knock' || (this.#version >= 10 && this.joinRule === 'knock_restricted'))) return 'no knocking here'
        if (sender !== target) return 'knocking for another'
        return ['ban', 'invite', 'join'].includes(before) ? 'knocking from ban, invite or join' : undefined
      default:
        return 'an unknown membership'
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: contents have every shape
  #ofJoin(sender: string, target: string, before: string, content: any): string | undefined {
    const isFirst = this.#state.size === 1
    if (isFirst && this.#isCreator(target)) return undefined
    if (sender !== target) return 'joining another user'
    if (before === 'ban') return 'banned'
    if (this.joinRule === 'public') return undefined
    const since: Record<string, number> = { invite: 1, knock: 7, restricted: 8, knock_restricted: 10 }
    if (this.#version < (since[this.joinRule] ?? Number.POSITIVE_INFINITY)) return 'the version knows no such join rule'
    if (before === 'invite' || before === 'join') return undefined
    if (!this.joinRule.endsWith('restricted')) return 'not invited'
    const authorizer = content.join_authorised_via_users_server
    if (typeof authorizer !== 'string' || this.membership(authorizer) !== 'join') return 'nobody authorized the join'
    return this.levelOf(authorizer) >= this.#level('invite', 0) ? undefined : 'who authorized the join may not invite'
  }

  #ofPowerLevels({ sender, content }: SeenEvent): string | undefined {
    const scalars = ['users_default', 'events_default', 'state_default', 'ban', 'redact', 'kick', 'invite']
    const maps = ['events', 'users', ...(this.#version >= 6 ? ['notifications'] : [])]
    const isLevel = (value: unknown) => Number.isInteger(value) || (this.#version < 10 && /^-?\d+$/.test(String(value)))
    for (const name of scalars) if (content[name] !== undefined && !isLevel(content[name])) return `${name} is no level`
    for (const name of maps) {
      for (const value of Object.values(content[name] ?? {})) if (!isLevel(value)) return `${name} holds what is no level`
    }
    if (this.#version >= 12 && Object.keys(content.users ?? {}).some((userId) => this.#isCreator(userId))) return 'levels for a creator'
    const before = this.#state.get('m.room.power_levels ')?.content
    if (!before) return undefined
    const own = this.levelOf(sender)
    const pairs: [string, unknown, unknown][] = scalars.map((name) => [name, before[name], content[name]])
    for (const map of maps) {
      for (const key of new Set([...Object.keys(before[map] ?? {}), ...Object.keys(content[map] ?? {})])) {
        pairs.push([`${map} ${key}`, before[map]?.[key], content[map]?.[key]])
      }
    }
    for (const [name, old, next] of pairs) {
      if (old === next) continue
      if (old !== undefined && Number(old) > own) return `${name} was above the sender's level`
      if (next !== undefined && Number(next) > own) return `${name} becomes more than the sender's level`
      if (name.startsWith('users @') && name !== `users ${sender}` && old !== undefined && Number(old) >= own) {
        return `${name} was as high as the sender's level`
      }
    }
    return undefined
  }
}
