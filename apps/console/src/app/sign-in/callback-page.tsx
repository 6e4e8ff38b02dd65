import { Button, Stack, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { SignInFailed } from './sign-in-failed.tsx'
import { SignInLayout } from './sign-in-layout.tsx'

/** The authorization server sent the browser back, but nobody is signed in. */
export function CallbackFailedPage({ error }: { error: unknown }) {
  return (
    <SignInLayout>
      <Stack gap="md">
        <Title order={1} size="h3">
          Not signed in
        </Title>
        <SignInFailed error={error} />
        <Button renderRoot={(props) => <Link to="/sign-in" {...props} />}>Back to sign-in</Button>
      </Stack>
    </SignInLayout>
  )
}
