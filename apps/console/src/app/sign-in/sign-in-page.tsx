import { Alert, Button, Divider, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconClockPause, IconServer } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { LoadingNotice } from '../../ui/notices.tsx'
import { useSessionServices } from '../session/context.ts'
import { ROLE_LABELS } from '../session/powers.ts'
import type { Session } from '../session/session.ts'
import { DirectSignIn } from './direct-sign-in.tsx'
import { findHomeserver, type Homeserver } from './find-homeserver.ts'
import { leaveForSignIn, type SignInAs } from './oauth.ts'
import { SignInFailed } from './sign-in-failed.tsx'
import { SignInLayout } from './sign-in-layout.tsx'

const LAST_SERVER = 'glia.last-server'
const LAST_AS = 'glia.last-as'
const AS = [{ value: 'admin', label: 'Administrator' }, ...Object.entries(ROLE_LABELS).map(([value, label]) => ({ value, label }))]

const route = getRouteApi('/sign-in')

/** Which homeserver, and the ways it offers: its authorization server, a password, or a token made elsewhere. */
export function SignInPage() {
  const search = route.useSearch()
  const router = useRouter()
  const { store } = useSessionServices()
  const [address, setAddress] = useState(() => search.server ?? localStorage.getItem(LAST_SERVER) ?? location.origin)
  const [settled] = useDebouncedValue(address, 400)
  const server = useQuery({
    queryKey: ['homeserver', settled],
    queryFn: ({ signal }) => findHomeserver(settled, signal),
    enabled: settled.trim() !== '',
    retry: false,
    staleTime: 60_000,
  })
  const returnTo = search.redirect ?? '/'
  const rememberServer = () => localStorage.setItem(LAST_SERVER, address)
  const onSignedIn = (session: Session) => {
    rememberServer()
    store.set(session)
    void router.navigate({ href: returnTo, replace: true })
  }
  const isChecking = address !== settled || server.isFetching
  return (
    <SignInLayout>
      <Stack gap="md">
        <Title order={1} size="h3">
          Sign in to the console
        </Title>
        {store.endReason === 'expired' && (
          <Alert color="yellow" variant="light" role="status" icon={<IconClockPause aria-hidden />}>
            Your session has ended. Sign in again to go on where you were.
          </Alert>
        )}
        <TextInput
          label="Homeserver"
          description="Address or server name; Glia or Synapse"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          leftSection={<IconServer size={16} aria-hidden />}
          error={!isChecking && server.error ? server.error.message : undefined}
          autoCapitalize="none"
          autoComplete="url"
          spellCheck={false}
          inputMode="url"
        />
        {isChecking && <LoadingNotice what="what the server offers" />}
        {!isChecking && server.data && (
          <Ways
            key={server.data.baseUrl}
            server={server.data}
            typed={settled}
            returnTo={returnTo}
            onSignedIn={onSignedIn}
            onLeaving={rememberServer}
          />
        )}
      </Stack>
    </SignInLayout>
  )
}

interface WaysProps {
  readonly server: Homeserver
  /** What was typed to find it. */
  readonly typed: string
  readonly returnTo: string
  readonly onSignedIn: (session: Session) => void
  readonly onLeaving: () => void
}

function Ways({ server, typed, returnTo, onSignedIn, onLeaving }: WaysProps) {
  const { auth } = server
  const [chosen, setChosen] = useState(() => localStorage.getItem(LAST_AS) ?? 'admin')
  const as = (server.hasRoles && AS.some(({ value }) => value === chosen) ? chosen : 'admin') as SignInAs
  const leave = useMutation({
    mutationFn: async () => {
      if (!auth) return
      onLeaving()
      localStorage.setItem(LAST_AS, as)
      await leaveForSignIn(server, auth, as, returnTo)
    },
  })
  const mayUseAuth = auth?.registration_endpoint !== undefined && window.isSecureContext
  return (
    <Stack gap="md">
      <Text size="xs" c="dimmed">
        {[server.baseUrl !== typed && server.baseUrl, server.version !== undefined && `Version ${server.version}`]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {mayUseAuth && (
        <>
          {server.hasRoles && (
            <NativeSelect
              label="Sign in as"
              description="What the console may do. Helpers choose the role they were given; admins may choose to have less."
              data={AS}
              value={as}
              onChange={(event) => setChosen(event.currentTarget.value)}
            />
          )}
          <Button fullWidth loading={leave.isPending || leave.isSuccess} onClick={() => leave.mutate()}>
            Continue to the sign-in page
          </Button>
          {leave.error && <SignInFailed error={leave.error} />}
          <Divider label="or" labelPosition="center" />
        </>
      )}
      {auth && !window.isSecureContext && (
        <Text size="sm" c="dimmed">
          The server’s own sign-in page can be used when this console is opened by https.
        </Text>
      )}
      <DirectSignIn server={server} isFirstChoice={!mayUseAuth} onSignedIn={onSignedIn} />
    </Stack>
  )
}
