import { List, NumberInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { startOfDay } from '../../ui/day.ts'
import { useUserChange } from './use-user-change.ts'

const USUAL_LIMIT = 1000

/** Redacts what a user wrote, in the background. */
export function RedactUserDialog({ userId, onClose, onStarted }: { userId: string; onClose: () => void; onStarted: () => void }) {
  const [reason, setReason] = useState('')
  const [since, setSince] = useState('')
  const [limit, setLimit] = useState<number | string>(USUAL_LIMIT)
  const redact = useUserChange({
    change: (client) =>
      client.admin.userRedaction.redactUserEvents({
        params: { user_id: userId },
        body: {
          rooms: [],
          limit: Number(limit),
          ...(reason.trim() !== '' && { reason: reason.trim() }),
          ...(since !== '' && { after_ts: startOfDay(since) }),
        },
      }),
    done: () => `What ${userId} wrote is being redacted.`,
    onDone: onStarted,
  })
  return (
    <ConfirmDialog
      title="Redact all messages?"
      confirmLabel="Redact"
      isDangerous
      typeToConfirm={userId}
      isPending={redact.isPending}
      error={redact.error}
      onConfirm={() => redact.mutate()}
      onClose={onClose}
    >
      <List size="sm" spacing={4}>
        <List.Item>
          Messages of <b>{userId}</b> lose their content in all rooms that the user is in or banned from.
        </List.Item>
        <List.Item>Other servers are asked to do the same. It cannot be undone.</List.Item>
      </List>
      <TextInput
        type="date"
        label="Since"
        description="Empty: from the beginning"
        value={since}
        onChange={(event) => setSince(event.currentTarget.value)}
      />
      <NumberInput
        label="In each room at most"
        description="The newest ones"
        min={1}
        allowDecimal={false}
        required
        withAsterisk={false}
        value={limit}
        onChange={setLimit}
      />
      <TextInput
        label="Reason"
        description="Optional; everybody in the rooms can read it"
        autoComplete="off"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
