import { Checkbox, Text } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { NewPasswordField } from './new-password-field.tsx'
import { useUserChange } from './use-user-change.ts'

/** Gives an account a new password. */
export function ResetPasswordDialog({ userId, onClose }: { userId: string; onClose: () => void }) {
  const [password, setPassword] = useState('')
  const [signsOut, setSignsOut] = useState(true)
  const reset = useUserChange({
    change: (client) =>
      client.admin.users.resetPassword({
        params: { target_user_id: userId },
        body: { new_password: password, logout_devices: signsOut },
      }),
    done: () => `${userId} has a new password.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title="Reset password"
      confirmLabel="Set password"
      isPending={reset.isPending}
      error={reset.error}
      onConfirm={() => reset.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        For <b>{userId}</b>. The server does not tell the user: copy it and hand it on.
      </Text>
      <NewPasswordField value={password} onChange={setPassword} />
      <Checkbox
        label="Sign out everywhere"
        description="Ends all sessions and deletes the devices; encrypted history without a key backup is lost on them."
        checked={signsOut}
        onChange={(event) => setSignsOut(event.currentTarget.checked)}
      />
    </ConfirmDialog>
  )
}
