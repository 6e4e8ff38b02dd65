import { Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useUserChange } from './use-user-change.ts'

/** Tells a user something in the name of the server. */
export function SendNoticeDialog({ userId, onClose }: { userId: string; onClose: () => void }) {
  const [message, setMessage] = useState('')
  const send = useUserChange({
    change: (client) =>
      client.admin.serverNotices.sendServerNotice({
        body: { user_id: userId, type: 'm.room.message', content: { msgtype: 'm.text', body: message.trim() } },
      }),
    done: () => `${userId} has been sent the notice.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title="Send a notice"
      confirmLabel="Send"
      isPending={send.isPending}
      error={send.error}
      onConfirm={() => message.trim() !== '' && send.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        <b>{userId}</b> finds it in a room of its own, in the name of the server.
      </Text>
      <Textarea
        label="Notice"
        autosize
        minRows={3}
        required
        withAsterisk={false}
        maxLength={20_000}
        data-autofocus
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
