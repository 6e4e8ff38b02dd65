import { Checkbox, PasswordInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { SecretField } from '../../ui/secret-field.tsx'
import { newPassword } from './new-password.ts'
import { useUserChange } from './use-user-change.ts'

/** Gives an account a new password: one that is made up and shown once, or one that is typed. */
export function ResetPasswordDialog({ userId, onClose }: { userId: string; onClose: () => void }) {
  const [isMadeUp, setMadeUp] = useState(true)
  const [typed, setTyped] = useState('')
  const [signsOut, setSignsOut] = useState(true)
  const [madeUp, setShown] = useState<string>()
  const reset = useUserChange<string>({
    change: (client, password) =>
      client.admin.users.resetPassword({ params: { target_user_id: userId }, body: { new_password: password, logout_devices: signsOut } }),
    done: () => `${userId} has a new password.`,
  })
  const submit = () => {
    const password = isMadeUp ? newPassword() : typed
    reset.mutate(password, { onSuccess: () => (isMadeUp ? setShown(password) : onClose()) })
  }
  if (madeUp !== undefined) {
    return (
      <ConfirmDialog title="The new password" confirmLabel="Done" cancel={null} isPending={false} onConfirm={onClose} onClose={onClose}>
        <Stack gap="xs">
          <Text size="sm">
            Of <b>{userId}</b>. Copy it and hand it on: it is not shown again, and the server does not tell the user.
          </Text>
          <SecretField secret={madeUp} what="password" />
        </Stack>
      </ConfirmDialog>
    )
  }
  return (
    <ConfirmDialog
      title="Reset password"
      confirmLabel="Set password"
      isPending={reset.isPending}
      error={reset.error}
      onConfirm={submit}
      onClose={onClose}
    >
      <Text size="sm">
        For <b>{userId}</b>. The old password no longer works then.
      </Text>
      <Checkbox
        label="Make one up"
        description="It is shown once, when it is set."
        checked={isMadeUp}
        onChange={(event) => setMadeUp(event.currentTarget.checked)}
      />
      {!isMadeUp && (
        <PasswordInput
          label="New password"
          required
          withAsterisk={false}
          autoComplete="new-password"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
        />
      )}
      <Checkbox
        label="Sign out everywhere"
        description="Ends all sessions and deletes the devices; encrypted history without a key backup is lost on them."
        checked={signsOut}
        onChange={(event) => setSignsOut(event.currentTarget.checked)}
      />
    </ConfirmDialog>
  )
}
