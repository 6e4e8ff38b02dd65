import type { contract } from '@glia/contract'
import {
  type Media,
  type MediaSelection,
  mediaSelector,
  type QuarantineDeps,
  quarantine,
  setProtected,
  unquarantine,
} from '../media/index.ts'
import type { BulkKind, BulkPlan } from './bulk-kind.ts'

export type BulkMediaAction = (typeof contract.glia.bulk.bulkMediaActions)[number]
export type MediaActionDeps = QuarantineDeps & { readonly media: Media }

/** Files, for bulk jobs. What is protected is left alone by quarantine. */
export function mediaInBulk(deps: MediaActionDeps): BulkKind {
  const { database, media, serverName } = deps
  const selectionOf = ({ parameters }: BulkPlan) => parameters.selection as MediaSelection
  const sparesProtected = ({ action }: BulkPlan) => action === 'quarantine'
  const actedOn = (plan: BulkPlan): MediaSelection => ({
    ...selectionOf(plan),
    ...(sparesProtected(plan) ? { exceptProtected: true } : {}),
  })

  return {
    async behind(reads, plan, id, limit) {
      const found = await mediaSelector.behindId(reads, selectionOf(plan), id, limit)
      return found.map(({ mediaId, isProtected }) => ({ id: mediaId, isSpared: isProtected && sparesProtected(plan) }))
    },
    async counts(reads, plan) {
      const { count, amount } = await mediaSelector.count(reads, actedOn(plan))
      return { actOn: count, skip: (await mediaSelector.count(reads, selectionOf(plan))).count - count, amount }
    },
    async examples(reads, plan, limit) {
      return (await mediaSelector.behindId(reads, actedOn(plan), '', limit)).map(({ mediaId }) => mediaId)
    },
    target: (id) => ({ kind: 'media', id: `${serverName}/${id}` }),
    async act({ action, createdBy }, mediaId, settle) {
      switch (action as BulkMediaAction) {
        case 'quarantine':
          await quarantine(deps, [mediaId], createdBy)
          break
        case 'unquarantine':
          await unquarantine(deps, mediaId)
          break
        case 'protect':
        case 'unprotect':
          await setProtected(database, mediaId, action === 'protect')
          break
        case 'delete':
          await media.delete([mediaId])
          break
      }
      await database.transaction(settle)
    },
  }
}
