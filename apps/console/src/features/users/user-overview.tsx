import { contract } from '@glia/contract'
import { Button, Divider, Group, Stack, Text } from '@mantine/core'
import {
  IconEraser,
  IconGhost,
  IconKey,
  IconLock,
  IconLockOpen,
  IconMail,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserOff,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { Facts } from '../../ui/facts.tsx'
import { ExactMoment, Moment } from '../../ui/moment.tsx'
import { Trail } from '../trail.tsx'
import { AdminCheckbox } from './admin-checkbox.tsx'
import { DeactivateUserDialog } from './deactivate-user-dialog.tsx'
import { RedactUserDialog } from './redact-user-dialog.tsx'
import { ResetPasswordDialog } from './reset-password-dialog.tsx'
import { RestrictUserDialog, restrictionLabel } from './restrict-user-dialog.tsx'
import { RoleSelect } from './role-select.tsx'
import { SendNoticeDialog } from './send-notice-dialog.tsx'
import { mayRestrict, type Restriction } from './user-actions.ts'
import type { User } from './user-queries.ts'

const { users } = contract.admin
type Dialog = 'password' | 'notice' | 'redact' | 'deactivate' | Restriction

/** The account itself: what it may, what it is, and what can be done with it. */
export function UserOverview({ user }: { user: User }) {
  const { session, powers } = useSignedIn()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<Dialog>()
  const close = () => setDialog(undefined)
  const isOwn = user.name === session.userId
  const restrictions = RESTRICTIONS.filter(({ restriction }) => mayRestrict(powers, restriction))
  return (
    <Stack gap="md">
      <AdminCheckbox user={user} isOwn={isOwn} />
      {powers.may(contract.glia.adminRoles.getAdminRole) && <RoleSelect user={user} isOwn={isOwn} />}
      <Divider />
      <UserFacts user={user} />
      <Trail links={{ reports: { about: user.name }, audit: { target: user.name }, ...(user.admin && { deeds: user.name }) }} />
      <Divider />
      {isOwn && (
        <Text size="sm" c="dimmed">
          This is the account that you are signed in with.
        </Text>
      )}
      <Group gap="xs">
        {powers.may(users.resetPassword) && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconKey size={16} aria-hidden />}
            disabled={user.deactivated}
            onClick={() => setDialog('password')}
          >
            Reset password
          </Button>
        )}
        {!isOwn &&
          !user.deactivated &&
          restrictions.map(({ restriction, isSet, SetIcon, LiftIcon }) => {
            const Icon = isSet(user) ? LiftIcon : SetIcon
            return (
              <Button
                key={restriction}
                variant="default"
                size="xs"
                leftSection={<Icon size={16} aria-hidden />}
                onClick={() => setDialog(restriction)}
              >
                {restrictionLabel(restriction, isSet(user))}
              </Button>
            )
          })}
        {!user.deactivated && powers.may(contract.admin.serverNotices.sendServerNotice) && (
          <Button variant="default" size="xs" leftSection={<IconMail size={16} aria-hidden />} onClick={() => setDialog('notice')}>
            Send a notice
          </Button>
        )}
        {!isOwn && powers.may(contract.admin.userRedaction.redactUserEvents) && (
          <Button
            variant="light"
            color="red"
            size="xs"
            leftSection={<IconEraser size={16} aria-hidden />}
            onClick={() => setDialog('redact')}
          >
            Redact messages
          </Button>
        )}
        {!isOwn && !user.erased && powers.may(users.deactivateUser) && (
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
      {dialog === 'notice' && <SendNoticeDialog userId={user.name} onClose={close} />}
      {dialog === 'redact' && (
        <RedactUserDialog userId={user.name} onClose={close} onStarted={() => navigate({ to: '/tasks', search: { about: user.name } })} />
      )}
      {dialog === 'deactivate' && <DeactivateUserDialog user={user} onClose={close} />}
      {restrictions.map(
        ({ restriction, isSet }) =>
          dialog === restriction && (
            <RestrictUserDialog key={restriction} userId={user.name} restriction={restriction} isSet={isSet(user)} onClose={close} />
          ),
      )}
    </Stack>
  )
}

const RESTRICTIONS = [
  { restriction: 'lock', isSet: (user: User) => user.locked, SetIcon: IconLock, LiftIcon: IconLockOpen },
  { restriction: 'suspend', isSet: (user: User) => user.suspended ?? false, SetIcon: IconPlayerPause, LiftIcon: IconPlayerPlay },
  { restriction: 'shadow-ban', isSet: (user: User) => user.shadow_banned, SetIcon: IconGhost, LiftIcon: IconGhost },
] as const

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
