import { Text } from '@mantine/core'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useUserChange } from './use-user-change.ts'
import type { User } from './user-queries.ts'

/** Locks an account, or lets it in again. */
export function LockUserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const locked = !user.locked
  const change = useUserChange({
    change: (client) => client.admin.users.putUser({ params: { user_id: user.name }, body: { locked, logout_devices: false } }),
    done: () => `${user.name} has been ${locked ? 'locked' : 'unlocked'}.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title={locked ? 'Lock this account?' : 'Unlock this account?'}
      confirmLabel={locked ? 'Lock' : 'Unlock'}
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        {locked ? (
          <>
            <b>{user.name}</b> can do nothing until it is unlocked. Sessions, rooms and messages stay as they are.
          </>
        ) : (
          <>
            <b>{user.name}</b> can go on where it was.
          </>
        )}
      </Text>
    </ConfirmDialog>
  )
}
