import { Button, Divider, Group, Stack, Text } from '@mantine/core'
import { IconKey, IconLock, IconLockOpen, IconUserOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { Facts } from '../../ui/facts.tsx'
import { ExactMoment, Moment } from '../../ui/moment.tsx'
import { AdminCheckbox } from './admin-checkbox.tsx'
import { DeactivateUserDialog } from './deactivate-user-dialog.tsx'
import { LockUserDialog } from './lock-user-dialog.tsx'
import { ResetPasswordDialog } from './reset-password-dialog.tsx'
import type { User } from './user-queries.ts'

type Dialog = 'password' | 'lock' | 'deactivate'

/** The account itself: what it may, what it is, and what can be done with it. */
export function UserOverview({ user }: { user: User }) {
  const { session } = useSignedIn()
  const [dialog, setDialog] = useState<Dialog>()
  const close = () => setDialog(undefined)
  const isOwn = user.name === session.userId
  return (
    <Stack gap="md">
      <AdminCheckbox user={user} isOwn={isOwn} />
      <Divider />
      <UserFacts user={user} />
      <Divider />
      {isOwn && (
        <Text size="sm" c="dimmed">
          This is the account that you are signed in with.
        </Text>
      )}
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconKey size={16} aria-hidden />}
          disabled={user.deactivated}
          onClick={() => setDialog('password')}
        >
          Reset password
        </Button>
        {!isOwn && !user.deactivated && (
          <Button
            variant="default"
            size="xs"
            leftSection={user.locked ? <IconLockOpen size={16} aria-hidden /> : <IconLock size={16} aria-hidden />}
            onClick={() => setDialog('lock')}
          >
            {user.locked ? 'Unlock' : 'Lock'}
          </Button>
        )}
        {!isOwn && !user.erased && (
          <Button
            variant="light"
            color="red"
            size="xs"
            leftSection={<IconUserOff size={16} aria-hidden />}
            onClick={() => setDialog('deactivate')}
          >
            {user.deactivated ? 'Erase' : 'Deactivate'}
          </Button>
        )}
      </Group>
      {dialog === 'password' && <ResetPasswordDialog userId={user.name} onClose={close} />}
      {dialog === 'lock' && <LockUserDialog user={user} onClose={close} />}
      {dialog === 'deactivate' && <DeactivateUserDialog user={user} onClose={close} />}
    </Stack>
  )
}

function UserFacts({ user }: { user: User }) {
  return (
    <Facts
      entries={{
        'Display name': user.displayname,
        // this endpoint counts in seconds, unlike the list
        Created: user.creation_ts > 0 && <ExactMoment ms={user.creation_ts * 1000} />,
        'Last seen': <Moment ms={user.last_seen_ts} />,
        'E-mail': addressesOf(user, 'email'),
        Phone: addressesOf(user, 'msisdn'),
        'External identities': user.external_ids.map((id) => `${id.auth_provider}: ${id.external_id}`).join(', '),
        Type: user.user_type,
        'Application service': user.appservice_id,
      }}
    />
  )
}

function addressesOf(user: User, medium: string): string {
  return user.threepids
    .filter((threepid) => threepid.medium === medium)
    .map(({ address }) => address)
    .join(', ')
}
