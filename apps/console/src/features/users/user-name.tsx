import { contract } from '@glia/contract'
import { Anchor, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { userQuery } from './user-queries.ts'

/** Whether the account is one of the server that is looked after. */
export function useIsLocal(): (userId: string) => boolean {
  const { session } = useSignedIn()
  const server = session.userId.slice(session.userId.indexOf(':'))
  return (userId) => userId.startsWith('@') && userId.slice(userId.indexOf(':')) === server
}

/** Display name and id of a user of whom only the id is known. Display names alone are no proof of anything. */
export function UserName({ userId, name }: { userId: string; name?: string | undefined }) {
  const { client, powers } = useSignedIn()
  const isLocal = useIsLocal()(userId)
  const user = useQuery({
    ...userQuery(client, userId),
    staleTime: 60_000,
    retry: false,
    enabled: isLocal && name === undefined && powers.may(contract.admin.users.getUser),
  })
  const known = name ?? user.data?.displayname
  if (!known || known === userId) return <span style={{ overflowWrap: 'anywhere' }}>{userId}</span>
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {known}{' '}
      <Text span size="xs" c="dimmed">
        {userId}
      </Text>
    </span>
  )
}

/** The same as a link to the account, where it is one of this server. */
export function UserLink({ userId, name }: { userId: string; name?: string | undefined }) {
  const { powers } = useSignedIn()
  const isLocal = useIsLocal()(userId)
  const shown = <UserName userId={userId} name={name} />
  if (!isLocal || !powers.may(contract.admin.users.getUser)) return shown
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/users/$userId" params={{ userId }} {...props} />}>
      {shown}
    </Anchor>
  )
}
