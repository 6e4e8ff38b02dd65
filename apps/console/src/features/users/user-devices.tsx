import { contract } from '@glia/contract'
import { ActionIcon, Anchor, Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { AskFirst } from '../../ui/ask-first.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { useUserChange } from './use-user-change.ts'
import { maySignOutEverywhere, signOutEverywhere } from './user-actions.ts'
import { type Device, devicesQuery } from './user-queries.ts'

/** Where the user is signed in. */
export function UserDevices({ userId }: { userId: string }) {
  const { client, powers } = useSignedIn()
  const devices = useQuery(devicesQuery(client, userId))
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
                {device.last_seen_ip && (
                  <>
                    {' from '}
                    <Address ip={device.last_seen_ip} />
                  </>
                )}
              </Text>
              {device.last_seen_user_agent && (
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {device.last_seen_user_agent}
                </Text>
              )}
            </Stack>
            {powers.may(contract.admin.devices.deleteDevice) && <SignOutDevice userId={userId} device={device} />}
          </Group>
        </Card>
      ))}
      {maySignOutEverywhere(powers) && (
        <Group>
          <SignOutEverywhere userId={userId} />
        </Group>
      )}
    </Stack>
  )
}

/** An address that the user came from; where the server can tell, it leads to all who came from there. */
function Address({ ip }: { ip: string }) {
  const { powers } = useSignedIn()
  if (!powers.may(contract.glia.users.findUsers)) return ip
  return (
    <Anchor size="xs" renderRoot={(props) => <Link to="/users" search={{ ip, state: 'all' }} {...props} />}>
      {ip}
    </Anchor>
  )
}

function SignOutEverywhere({ userId }: { userId: string }) {
  const signOut = useUserChange({
    change: (client) => signOutEverywhere(client, userId),
    done: () => `${userId} has been signed out everywhere.`,
  })
  return (
    <AskFirst
      title="Sign out everywhere?"
      confirmLabel="Sign out"
      isDangerous
      change={signOut}
      control={(ask) => (
        <Button variant="light" color="red" size="xs" onClick={ask}>
          Sign out everywhere
        </Button>
      )}
    >
      <Text size="sm">
        All sessions of <b>{userId}</b> end, and the devices with their encryption keys are deleted.
      </Text>
    </AskFirst>
  )
}

function SignOutDevice({ userId, device }: { userId: string; device: Device }) {
  const name = device.display_name ?? device.device_id
  const signOut = useUserChange({
    change: (client) => client.admin.devices.deleteDevice({ params: { user_id: userId, device_id: device.device_id } }),
    done: () => `${name} has been signed out.`,
  })
  return (
    <AskFirst
      title="Sign this device out?"
      confirmLabel="Sign out"
      isDangerous
      change={signOut}
      control={(ask) => (
        <ActionIcon variant="subtle" color="red" aria-label={`Sign out ${name}`} onClick={ask}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    >
      <Text size="sm">
        <b>{name}</b> of {userId} loses its session and its encryption keys.
      </Text>
    </AskFirst>
  )
}
