import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { NewPasswordField } from './new-password-field.tsx'
import { useUserChange } from './use-user-change.ts'

/** Makes an account on this homeserver. */
export function CreateUserDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (userId: string) => void }) {
  const { session } = useSignedIn()
  const serverName = session.userId.slice(session.userId.indexOf(':') + 1)
  const [localpart, setLocalpart] = useState('')
  const [displayname, setDisplayname] = useState('')
  const [password, setPassword] = useState('')
  const [admin, setAdmin] = useState(false)
  const userId = `@${localpart.trim().replace(/^@/, '').toLowerCase()}:${serverName}`
  const create = useUserChange({
    change: async (client) => {
      // the same request would change an account that exists
      await client.admin.users.isUsernameAvailable({ query: { username: userId.slice(1, userId.indexOf(':')) } })
      const body = { password, admin, logout_devices: false, ...(displayname.trim() !== '' && { displayname: displayname.trim() }) }
      await client.admin.users.putUser({ params: { user_id: userId }, body })
    },
    done: () => `${userId} has been created.`,
    onDone: () => {
      onClose()
      onCreated(userId)
    },
  })
  return (
    <ConfirmDialog
      title="Create user"
      confirmLabel="Create"
      isPending={create.isPending}
      error={create.error}
      onConfirm={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="User name"
        description={localpart.trim() === '' ? `Becomes @name:${serverName}` : `Becomes ${userId}`}
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={localpart}
        onChange={(event) => setLocalpart(event.currentTarget.value)}
      />
      <TextInput
        label="Display name"
        description="Optional"
        autoComplete="off"
        value={displayname}
        onChange={(event) => setDisplayname(event.currentTarget.value)}
      />
      <NewPasswordField value={password} onChange={setPassword} />
      <Checkbox
        label="Admin"
        description="May use this console and the Admin API."
        checked={admin}
        onChange={(event) => setAdmin(event.currentTarget.checked)}
      />
    </ConfirmDialog>
  )
}
