import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconKey, IconLogout } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { toastFailed } from '../ui/toast.ts'
import { useSessionServices, useSignedIn } from './session/context.ts'
import { ROLE_LABELS } from './session/powers.ts'
import { endOnServer } from './session/sign-out.ts'

/** Who is signed in where, and the way out. */
export function AccountMenu() {
  const { session, powers } = useSignedIn()
  const { store } = useSessionServices()
  const signOut = useMutation({
    mutationFn: () => endOnServer(session),
    onError: (error) => toastFailed('The token could not be ended on the server and may still be good', error),
    onSettled: () => store.end('signed-out'),
  })
  return (
    <Menu position="bottom-end" width={260} withinPortal>
      <Menu.Target>
        <UnstyledButton aria-label={`Account ${session.userId}`} style={{ borderRadius: '50%' }}>
          <Avatar size={32} color="teal" variant="filled" alt="">
            {session.userId.slice(1, 2).toUpperCase()}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" style={{ overflowWrap: 'anywhere' }}>
            {session.userId}
          </Text>
          <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
            {session.baseUrl}
          </Text>
          <Text size="xs">{powers.role ? `Helper: ${ROLE_LABELS[powers.role]}` : 'Administrator'}</Text>
        </Menu.Label>
        <Menu.Item leftSection={<IconKey size={16} aria-hidden />} renderRoot={(props) => <Link to="/about" {...props} />}>
          Access token
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()} closeMenuOnClick={false}>
          Sign out
          {session.origin === 'pasted' && (
            <Text size="xs" c="dimmed">
              The token you pasted stays valid.
            </Text>
          )}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
