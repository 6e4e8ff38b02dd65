import { contract } from '@glia/contract'
import { ActionIcon, Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { useUserChange } from './use-user-change.ts'
import { maySignOutEverywhere, signOutEverywhere } from './user-actions.ts'
import { type Device, devicesQuery } from './user-queries.ts'

/** Where the user is signed in. */
export function UserDevices({ userId }: { userId: string }) {
  const { client, powers } = useSignedIn()
  const devices = useQuery(devicesQuery(client, userId))
  const [leaving, setLeaving] = useState<Device>()
  const [leavesAll, setLeavesAll] = useState(false)
  if (devices.isPending) return <LoadingNotice what="devices" />
  if (devices.isError) return <ErrorNotice title="The devices could not be loaded" error={devices.error} onRetry={devices.refetch} />
  if (devices.data.devices.length === 0) return <EmptyNotice title="No devices">The user is signed in nowhere.</EmptyNotice>
  return (
    <Stack gap="xs">
      {devices.data.devices.map((device) => (
        <Card key={device.device_id} withBorder padding="sm">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Stack gap={2} miw={0}>
              <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                {device.display_name ?? device.device_id}
              </Text>
              {device.display_name !== null && (
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {device.device_id}
                </Text>
              )}
              <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                Last seen <Moment ms={device.last_seen_ts} />
                {device.last_seen_ip && ` from ${device.last_seen_ip}`}
              </Text>
              {device.last_seen_user_agent && (
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {device.last_seen_user_agent}
                </Text>
              )}
            </Stack>
            {powers.may(contract.admin.devices.deleteDevice) && (
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={`Sign out ${device.display_name ?? device.device_id}`}
                onClick={() => setLeaving(device)}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        </Card>
      ))}
      {maySignOutEverywhere(powers) && (
        <Group>
          <Button variant="light" color="red" size="xs" onClick={() => setLeavesAll(true)}>
            Sign out everywhere
          </Button>
        </Group>
      )}
      {leavesAll && <SignOutEverywhereDialog userId={userId} onClose={() => setLeavesAll(false)} />}
      {leaving && <SignOutDeviceDialog userId={userId} device={leaving} onClose={() => setLeaving(undefined)} />}
    </Stack>
  )
}

function SignOutEverywhereDialog({ userId, onClose }: { userId: string; onClose: () => void }) {
  const signOut = useUserChange({
    change: (client) => signOutEverywhere(client, userId),
    done: () => `${userId} has been signed out everywhere.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title="Sign out everywhere?"
      confirmLabel="Sign out"
      isDangerous
      isPending={signOut.isPending}
      error={signOut.error}
      onConfirm={() => signOut.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        All sessions of <b>{userId}</b> end, and the devices with their encryption keys are deleted.
      </Text>
    </ConfirmDialog>
  )
}

function SignOutDeviceDialog({ userId, device, onClose }: { userId: string; device: Device; onClose: () => void }) {
  const name = device.display_name ?? device.device_id
  const signOut = useUserChange({
    change: (client) => client.admin.devices.deleteDevice({ params: { user_id: userId, device_id: device.device_id } }),
    done: () => `${name} has been signed out.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title="Sign this device out?"
      confirmLabel="Sign out"
      isDangerous
      isPending={signOut.isPending}
      error={signOut.error}
      onConfirm={() => signOut.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        <b>{name}</b> of {userId} loses its session and its encryption keys.
      </Text>
    </ConfirmDialog>
  )
}
