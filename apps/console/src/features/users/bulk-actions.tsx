import { contract } from '@glia/contract'
import { Button, Checkbox, Group, Paper, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Powers, useSignedIn } from '../../app/session/index.ts'
import { BatchDialog } from '../../ui/batch-dialog.tsx'
import { countOf } from '../../ui/format.ts'
import { ACTION_WORDS } from '../bulk/bulk-words.tsx'
import { mayRestrict, maySignOutEverywhere, restrict, signOutEverywhere } from './user-actions.ts'
import { usersKey } from './user-queries.ts'

type Action = 'lock' | 'suspend' | 'log_out' | 'deactivate'

const ACTIONS: readonly { readonly action: Action; readonly isAllowed: (powers: Powers) => boolean }[] = [
  { action: 'lock', isAllowed: (powers) => mayRestrict(powers, 'lock') },
  { action: 'suspend', isAllowed: (powers) => mayRestrict(powers, 'suspend') },
  { action: 'log_out', isAllowed: maySignOutEverywhere },
  { action: 'deactivate', isAllowed: (powers) => powers.may(contract.admin.users.deactivateUser) },
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
  const change = (action: Action) => (userId: string) => {
    switch (action) {
      case 'log_out':
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
        {allowed.map(({ action }) => (
          <Button
            key={action}
            size="compact-sm"
            disabled={others.length === 0}
            {...(action === 'deactivate' ? { variant: 'light', color: 'red' } : { variant: 'default' })}
            onClick={() => setOpen(action)}
          >
            {ACTION_WORDS[action].label}
          </Button>
        ))}
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
          Clear marks
        </Button>
      </Group>
      {open && (
        <BatchDialog
          title={`${ACTION_WORDS[open].label}: ${countOf(others.length, 'user')}`}
          confirmLabel={ACTION_WORDS[open].label}
          {...(open === 'deactivate' && { isDangerous: true, typeToConfirm: `deactivate ${others.length}` })}
          keys={others}
          change={change(open)}
          onEnd={() => queryClient.invalidateQueries({ queryKey: usersKey })}
          onClose={() => setOpen(undefined)}
        >
          <Text size="sm">
            {ACTION_WORDS[open].means}
            {isOwnMarked && ' Your own account is left out.'}
          </Text>
          {open === 'deactivate' && (
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
