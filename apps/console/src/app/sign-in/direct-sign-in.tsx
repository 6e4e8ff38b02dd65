import { Button, PasswordInput, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Session } from '../session/session.ts'
import type { Homeserver } from './find-homeserver.ts'
import { signInByPassword, signInByToken } from './sign-in-directly.ts'
import { SignInFailed } from './sign-in-failed.tsx'

type Way = 'password' | 'token'

interface DirectSignInProps {
  readonly server: Homeserver
  /** Nothing better is on the page: its button is the main one. */
  readonly isFirstChoice: boolean
  readonly onSignedIn: (session: Session) => void
}

/** By password, where the server takes one, or by a token made elsewhere. */
export function DirectSignIn({ server, isFirstChoice, onSignedIn }: DirectSignInProps) {
  const [chosen, setChosen] = useState<Way>('password')
  const way: Way = server.takesPassword ? chosen : 'token'
  return (
    <Stack gap="md">
      {server.takesPassword && (
        <SegmentedControl
          fullWidth
          aria-label="Sign in with"
          value={way}
          onChange={(value) => setChosen(value as Way)}
          data={[
            { value: 'password', label: 'Password' },
            { value: 'token', label: 'Access token' },
          ]}
        />
      )}
      {way === 'password' ? (
        <PasswordForm server={server} isFirstChoice={isFirstChoice} onSignedIn={onSignedIn} />
      ) : (
        <TokenForm server={server} isFirstChoice={isFirstChoice} onSignedIn={onSignedIn} />
      )}
    </Stack>
  )
}

function PasswordForm({ server, isFirstChoice, onSignedIn }: DirectSignInProps) {
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({ mutationFn: () => signInByPassword(server.baseUrl, { user, password }), onSuccess: onSignedIn })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="User name"
          placeholder="alice or @alice:example.org"
          required
          withAsterisk={false}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          required
          withAsterisk={false}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {signIn.error && <SignInFailed error={signIn.error} />}
        <Button type="submit" fullWidth mt={4} variant={isFirstChoice ? 'filled' : 'default'} loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}

function TokenForm({ server, isFirstChoice, onSignedIn }: DirectSignInProps) {
  const [token, setToken] = useState('')
  const signIn = useMutation({ mutationFn: () => signInByToken(server.baseUrl, token), onSuccess: onSignedIn })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    signIn.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <PasswordInput
          label="Access token"
          description="Of an administrator. Signing out forgets it here, but does not end it."
          required
          withAsterisk={false}
          autoComplete="off"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        {signIn.error && <SignInFailed error={signIn.error} />}
        <Button type="submit" fullWidth mt={4} variant={isFirstChoice ? 'filled' : 'default'} loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
