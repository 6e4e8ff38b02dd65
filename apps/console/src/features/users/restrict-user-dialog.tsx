import { Text } from '@mantine/core'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useUserChange } from './use-user-change.ts'
import { type Restriction, restrict } from './user-actions.ts'

const WORDS: Record<Restriction, { set: string; lift: string; setDone: string; liftDone: string; setMeans: string; liftMeans: string }> = {
  lock: {
    set: 'Lock',
    lift: 'Unlock',
    setDone: 'has been locked',
    liftDone: 'has been unlocked',
    setMeans: 'can do nothing until it is unlocked. Sessions, rooms and messages stay as they are.',
    liftMeans: 'can go on where it was.',
  },
  suspend: {
    set: 'Suspend',
    lift: 'End suspension',
    setDone: 'has been suspended',
    liftDone: 'is no longer suspended',
    setMeans: 'can read and leave rooms and sign out, but neither send nor join anything.',
    liftMeans: 'can send and join again.',
  },
  'shadow-ban': {
    set: 'Shadow-ban',
    lift: 'Lift shadow-ban',
    setDone: 'has been shadow-banned',
    liftDone: 'is no longer shadow-banned',
    setMeans: 'will seem to send messages and invites as before, but they reach nobody. Nobody is told: for spammers, not for people.',
    liftMeans: 'is heard again. What was sent meanwhile stays unseen.',
  },
}

/** The words for setting or lifting a restriction, for buttons. */
export function restrictionLabel(restriction: Restriction, isSet: boolean): string {
  return isSet ? WORDS[restriction].lift : WORDS[restriction].set
}

/** Locks, suspends or shadow-bans an account, or ends that. */
export function RestrictUserDialog(props: { userId: string; restriction: Restriction; isSet: boolean; onClose: () => void }) {
  const { userId, restriction, isSet, onClose } = props
  const { powers } = useSignedIn()
  const words = WORDS[restriction]
  const label = restrictionLabel(restriction, isSet)
  const change = useUserChange({
    change: (client) => restrict(client, powers, userId, restriction, !isSet),
    done: () => `${userId} ${isSet ? words.liftDone : words.setDone}.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title={`${label}: ${userId}?`}
      confirmLabel={label}
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        <b>{userId}</b> {isSet ? words.liftMeans : words.setMeans}
      </Text>
    </ConfirmDialog>
  )
}
