import { contract } from '@glia/contract'
import { Button, Checkbox, Group, Paper, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Powers, useSignedIn } from '../../app/session/index.ts'
import { BatchDialog } from '../../ui/batch-dialog.tsx'
import { countOf } from '../../ui/format.ts'
import { mayRestrict, maySignOutEverywhere, restrict, signOutEverywhere } from './user-actions.ts'
import { usersKey } from './user-queries.ts'

type Action = 'lock' | 'suspend' | 'sign-out' | 'deactivate'

const ACTIONS: readonly {
  readonly action: Action
  readonly label: string
  readonly means: string
  readonly isAllowed: (powers: Powers) => boolean
}[] = [
  {
    action: 'lock',
    label: 'Lock',
    means: 'They can do nothing until they are unlocked. Sessions, rooms and messages stay as they are.',
    isAllowed: (powers) => mayRestrict(powers, 'lock'),
  },
  {
    action: 'suspend',
    label: 'Suspend',
    means: 'They can read and leave rooms, but neither send nor join anything.',
    isAllowed: (powers) => mayRestrict(powers, 'suspend'),
  },
  {
    action: 'sign-out',
    label: 'Sign out everywhere',
    means: 'All their sessions end and their devices are deleted; encrypted history without a key backup is lost on them.',
    isAllowed: maySignOutEverywhere,
  },
  {
    action: 'deactivate',
    label: 'Deactivate',
    means: 'They are signed out, leave all rooms and can never sign in again. What is deleted cannot be brought back.',
    isAllowed: (powers) => powers.may(contract.admin.users.deactivateUser),
  },
]

/** What can be done to the marked users, one after the other. */
export function BulkActions({ userIds, onClear }: { userIds: readonly string[]; onClear: () => void }) {
  const { client, powers, session } = useSignedIn()
  const queryClient = useQueryClient()
  const [open, setOpen] = useState<Action>()
  const [erase, setErase] = useState(false)
  const isOwnMarked = userIds.includes(session.userId)
  // nobody locks the door behind oneself by a mark too many
  const others = userIds.filter((userId) => userId !== session.userId)
  const allowed = ACTIONS.filter(({ isAllowed }) => isAllowed(powers))
  const shown = allowed.find(({ action }) => action === open)
  const change = (action: Action) => (userId: string) => {
    switch (action) {
      case 'sign-out':
        return signOutEverywhere(client, userId)
      case 'deactivate':
        return client.admin.users.deactivateUser({ params: { target_user_id: userId }, body: { erase } })
      default:
        return restrict(client, powers, userId, action, true)
    }
  }
  if (userIds.length === 0 || allowed.length === 0) return null
  return (
    <Paper withBorder p="xs" component="section" aria-label="Marked users">
      <Group gap="xs">
        <Text size="sm" fw={600} role="status">
          {countOf(userIds.length, 'user')} marked
        </Text>
        {allowed.map(({ action, label }) => (
          <Button
            key={action}
            size="compact-sm"
            disabled={others.length === 0}
            {...(action === 'deactivate' ? { variant: 'light', color: 'red' } : { variant: 'default' })}
            onClick={() => setOpen(action)}
          >
            {label}
          </Button>
        ))}
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
          Clear marks
        </Button>
      </Group>
      {shown && (
        <BatchDialog
          title={`${shown.label}: ${countOf(others.length, 'user')}`}
          confirmLabel={shown.label}
          {...(shown.action === 'deactivate' && { isDangerous: true, typeToConfirm: `deactivate ${others.length}` })}
          keys={others}
          change={change(shown.action)}
          onEnd={() => queryClient.invalidateQueries({ queryKey: usersKey })}
          onClose={() => setOpen(undefined)}
        >
          <Text size="sm">
            {shown.means}
            {isOwnMarked && ' Your own account is left out.'}
          </Text>
          {shown.action === 'deactivate' && (
            <Checkbox
              label="Also erase"
              description="Remove display names and avatars, and hide the messages from everyone who was not there when they were sent."
              checked={erase}
              onChange={(event) => setErase(event.currentTarget.checked)}
            />
          )}
        </BatchDialog>
      )}
    </Paper>
  )
}
