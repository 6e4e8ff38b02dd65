import { Checkbox, List, Text } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useUserChange } from './use-user-change.ts'
import type { User } from './user-queries.ts'

/** Ends an account for good, or erases one that has been deactivated already. */
export function DeactivateUserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const [erase, setErase] = useState(user.deactivated)
  const deactivate = useUserChange({
    change: (client) => client.admin.users.deactivateUser({ params: { target_user_id: user.name }, body: { erase } }),
    done: () => `${user.name} has been ${erase ? 'deactivated and erased' : 'deactivated'}.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title={user.deactivated ? 'Erase this account?' : 'Deactivate this account?'}
      confirmLabel={erase ? 'Erase' : 'Deactivate'}
      isDangerous
      typeToConfirm={user.name}
      isPending={deactivate.isPending}
      error={deactivate.error}
      onConfirm={() => deactivate.mutate()}
      onClose={onClose}
    >
      {!user.deactivated && (
        <List size="sm" spacing={4}>
          <List.Item>The user is signed out everywhere and cannot sign in any more.</List.Item>
          <List.Item>Devices, their keys, the key backup, e-mail addresses and account data are deleted.</List.Item>
          <List.Item>The user leaves all rooms. Messages and uploaded files stay.</List.Item>
        </List>
      )}
      <Checkbox
        label="Also erase"
        description="Remove display name and avatar, and hide the messages from everyone who was not there when they were sent."
        checked={erase}
        disabled={user.deactivated}
        onChange={(event) => setErase(event.currentTarget.checked)}
      />
      <Text size="sm" fw={600}>
        What is deleted cannot be brought back.
      </Text>
    </ConfirmDialog>
  )
}
