import { ApiError } from '@glia/client'
import { Alert, Loader, Text } from '@mantine/core'
import { IconAlertCircle, IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useSignedIn } from '../../app/session/index.ts'
import { messageOf } from '../../ui/message-of.ts'
import { purgeQuery } from './room-queries.ts'

const TITLES = {
  active: 'The history is being purged',
  complete: 'The history has been purged',
  failed: 'The purge has failed',
  cancelled: 'The purge has been cancelled',
} as const

/** How a purge is getting on. The server goes on with it when this is closed. */
export function PurgeProgress({ roomId, purgeId, onClose }: { roomId: string; purgeId: string; onClose: () => void }) {
  const { client } = useSignedIn()
  const purge = useQuery(purgeQuery(client, roomId, purgeId))
  if (purge.error instanceof ApiError && purge.error.status === 404) return null
  const status = purge.data?.status ?? 'active'
  const isBad = purge.isError || status === 'failed' || status === 'cancelled'
  return (
    <Alert
      role="status"
      variant="light"
      color={isBad ? 'red' : 'teal'}
      title={purge.isError ? 'How the purge is getting on is not known' : TITLES[status]}
      icon={isBad ? <IconAlertCircle aria-hidden /> : status === 'active' ? <Loader size={18} aria-hidden /> : <IconCheck aria-hidden />}
      withCloseButton={status !== 'active'}
      closeButtonLabel="Dismiss"
      onClose={onClose}
    >
      {purge.isError && <Text size="sm">{messageOf(purge.error)}</Text>}
      {purge.data?.error && <Text size="sm">{purge.data.error}</Text>}
      {status === 'active' && !purge.isError && <Text size="sm">You can close this; the purge goes on.</Text>}
    </Alert>
  )
}
