import { List, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { countOf } from '../../ui/format.ts'
import { toastDone } from '../../ui/toast.ts'

/** Hides the files of an event from everybody. */
export function QuarantineDialog(props: { files: readonly { serverName: string; mediaId: string }[]; onClose: () => void }) {
  const { files, onClose } = props
  const { client } = useSignedIn()
  const quarantine = useMutation({
    mutationFn: async () => {
      for (const { serverName, mediaId } of files) {
        await client.admin.media.quarantineMedia({ params: { server_name: serverName, media_id: mediaId } })
      }
    },
    onSuccess: () => {
      toastDone(`${countOf(files.length, 'file is', 'files are')} in quarantine.`)
      onClose()
    },
  })
  return (
    <ConfirmDialog
      title="Quarantine the media of this message?"
      confirmLabel="Quarantine"
      isDangerous
      isPending={quarantine.isPending}
      error={quarantine.error}
      onConfirm={() => quarantine.mutate()}
      onClose={onClose}
    >
      <Text size="sm">Nobody of this server can see them until they are released:</Text>
      <List size="sm" style={{ overflowWrap: 'anywhere' }}>
        {files.map(({ serverName, mediaId }) => (
          <List.Item key={`${serverName}/${mediaId}`}>
            {serverName}/{mediaId}
          </List.Item>
        ))}
      </List>
    </ConfirmDialog>
  )
}
