import { type AdminRole, adminRoles, contract } from '@glia/contract'
import { Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ROLE_LABELS, useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useUserChange } from './use-user-change.ts'
import { type User, userRoleQuery } from './user-queries.ts'

const NONE = 'none'
const MEANS: Record<AdminRole, string> = {
  moderator: 'read rooms and reports, act in rooms and on media, and lock, suspend or shadow-ban users who are neither admins nor helpers',
  support: 'see users, rooms and reports, and help people back into their accounts: passwords, devices, locks',
  read_only: 'see users, devices, rooms, media, reports and tasks, but no messages, and change nothing',
}

/** Which helper the user is. Choosing asks first, then it is so at once. */
export function RoleSelect({ user, isOwn }: { user: User; isOwn: boolean }) {
  const { client, powers } = useSignedIn()
  const role = useQuery(userRoleQuery(client, user.name))
  const [asking, setAsking] = useState<AdminRole | null>()
  const change = useUserChange<AdminRole | null>({
    change: (api, next) => api.glia.adminRoles.setAdminRole({ params: { user_id: user.name }, body: { role: next } }),
    done: (next) => (next === null ? `${user.name} has no role any more.` : `${user.name} has the role “${ROLE_LABELS[next]}” now.`),
    onDone: () => setAsking(undefined),
  })
  const close = () => {
    setAsking(undefined)
    change.reset()
  }
  return (
    <>
      <Select
        label="Role"
        description={user.admin ? 'An admin may do everything, whatever the role.' : 'A helper may do part of what admins may.'}
        data={[{ value: NONE, label: 'None' }, ...adminRoles.map((value) => ({ value, label: ROLE_LABELS[value] }))]}
        value={role.data === undefined ? null : (role.data.role ?? NONE)}
        placeholder={role.isError ? 'not known' : 'Loading'}
        allowDeselect={false}
        disabled={isOwn || user.deactivated || !role.data || !powers.may(contract.glia.adminRoles.setAdminRole)}
        onChange={(value) => setAsking(value === NONE ? null : (value as AdminRole))}
        comboboxProps={{ withinPortal: true }}
      />
      {asking !== undefined && (
        <ConfirmDialog
          title={asking === null ? 'Take the role away?' : `Give the role “${ROLE_LABELS[asking]}”?`}
          confirmLabel={asking === null ? 'Take it away' : 'Give the role'}
          isPending={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate(asking)}
          onClose={close}
        >
          <Text size="sm">
            {asking === null ? (
              <>
                <b>{user.name}</b> will not be able to use this console and the Admin API any more.
              </>
            ) : (
              <>
                <b>{user.name}</b> will be able to {MEANS[asking]}.
              </>
            )}
          </Text>
        </ConfirmDialog>
      )}
    </>
  )
}
