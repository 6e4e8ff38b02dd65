import { Alert, Code, Stack, Text } from '@mantine/core'
import { IconShieldOff } from '@tabler/icons-react'
import { ErrorNotice } from '../../ui/notices.tsx'
import { NotAdminError } from './admin-check.ts'
import { AccessDeniedError } from './oauth.ts'

/** Why signing in did not work, and what helps. */
export function SignInFailed({ error }: { error: unknown }) {
  if (error instanceof NotAdminError) {
    return (
      <Alert
        role="alert"
        color="yellow"
        variant="light"
        icon={<IconShieldOff aria-hidden />}
        title="This account is neither an administrator nor a helper"
      >
        <Stack gap="xs">
          <Text size="sm">
            <b>{error.userId}</b> can use Matrix on this server, but may not administer it. Sign in with another account, or ask an
            administrator to tick <b>Admin</b> for it, or to give it a role, in the list of users.
          </Text>
          <Text size="sm">Whoever runs the server can also do it on the command line:</Text>
          <Code block>glia users create NAME --admin</Code>
        </Stack>
      </Alert>
    )
  }
  if (error instanceof AccessDeniedError) {
    return (
      <Alert role="alert" color="yellow" variant="light" icon={<IconShieldOff aria-hidden />} title="Access was not given">
        <Text size="sm">
          You refused, or your account may not do what was asked for. The console is for administrators, and for helpers who choose the role
          that they were given on the sign-in page.
        </Text>
      </Alert>
    )
  }
  return <ErrorNotice title="Signing in did not work" error={error} />
}
