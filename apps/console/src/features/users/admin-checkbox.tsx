import { contract } from '@glia/contract'
import { Checkbox, Text } from '@mantine/core'
import { useSignedIn } from '../../app/session/index.ts'
import { AskFirst } from '../../ui/ask-first.tsx'
import { useUserChange } from './use-user-change.ts'
import type { User } from './user-queries.ts'

/** Whether the user is a server admin. Ticking asks first, then it is so at once. */
export function AdminCheckbox({ user, isOwn }: { user: User; isOwn: boolean }) {
  const { powers } = useSignedIn()
  const isAdmin = user.admin
  const change = useUserChange({
    change: (client) => client.admin.users.setUserAdmin({ params: { user_id: user.name }, body: { admin: !isAdmin } }),
    done: () => (isAdmin ? `${user.name} is no longer an admin.` : `${user.name} is an admin now.`),
  })
  return (
    <AskFirst
      title={isAdmin ? 'Take the admin right away?' : 'Make this user an admin?'}
      confirmLabel={isAdmin ? 'Take it away' : 'Make admin'}
      isDangerous={isAdmin}
      change={change}
      control={(ask) => (
        <Checkbox
          label="Admin"
          description={
            isOwn
              ? 'You cannot take this right from yourself; another admin can.'
              : 'May use this console and the Admin API: read and change every account and every room.'
          }
          checked={isAdmin}
          disabled={isOwn || user.deactivated || !powers.may(contract.admin.users.setUserAdmin)}
          onChange={ask}
        />
      )}
    >
      <Text size="sm">
        {isAdmin ? (
          <>
            <b>{user.name}</b> will not be able to use this console and the Admin API any more.
          </>
        ) : (
          <>
            <b>{user.name}</b> will be able to read and change every account and every room of this server, from now on.
          </>
        )}
      </Text>
    </AskFirst>
  )
}
