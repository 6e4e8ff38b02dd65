import { AppShell, Burger, Button, Container, Group, ScrollArea, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect, useMemo } from 'react'
import { ErrorNotice } from '../ui/notices.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Brand } from './brand.tsx'
import { ColorSchemeToggle } from './color-scheme-toggle.tsx'
import { Navigation } from './navigation.tsx'
import { SignedInContext, useMaybeSession, useSessionClient, useSessionServices } from './session/context.ts'
import { findPowers } from './session/powers.ts'
import type { Session } from './session/session.ts'
import { Starting } from './starting.tsx'

const POWERS_FRESH_MS = 60_000

/** The frame around every page behind the sign-in: navigation, account, colours. */
export function Shell() {
  const session = useMaybeSession()
  useReturnToSignIn(session)
  return session ? <WithPowers session={session} /> : null
}

/** What the account may do is asked before anything is offered, and again from time to time: roles are given and taken at once. */
function WithPowers({ session }: { session: Session }) {
  const client = useSessionClient(session.baseUrl)
  const { store } = useSessionServices()
  const powers = useQuery({
    queryKey: ['powers', session.baseUrl, session.userId],
    queryFn: ({ signal }) => findPowers(client, signal),
    staleTime: POWERS_FRESH_MS,
    structuralSharing: false,
  })
  const signedIn = useMemo(() => (powers.data ? { session, client, powers: powers.data } : undefined), [session, client, powers.data])
  if (signedIn) {
    return (
      <SignedInContext value={signedIn}>
        <Frame />
      </SignedInContext>
    )
  }
  if (powers.isPending) return <Starting />
  return (
    <Container size="sm" py="xl" component="main">
      <Stack>
        <ErrorNotice title="The server does not say what this account may do" error={powers.error} onRetry={powers.refetch} />
        <Group>
          <Button variant="default" onClick={() => store.end('signed-out')}>
            Back to sign-in
          </Button>
        </Group>
      </Stack>
    </Container>
  )
}

function Frame(): ReactNode {
  const [isMenuOpen, menu] = useDisclosure(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the drawer of the phone
  useEffect(() => menu.close(), [path])

  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
        padding={{ base: 'md', md: 'lg' }}
      >
        <AppShell.Header>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap">
            <Group gap="sm" wrap="nowrap">
              <Burger
                opened={isMenuOpen}
                onClick={menu.toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={isMenuOpen ? 'Close the navigation' : 'Open the navigation'}
                aria-expanded={isMenuOpen}
              />
              <Brand />
            </Group>
            <Group gap="xs" wrap="nowrap">
              <ColorSchemeToggle />
              <AccountMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label="Main">
          <AppShell.Section grow component={ScrollArea}>
            <Navigation path={path} />
          </AppShell.Section>
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1} style={{ outline: 'none' }}>
          <Outlet />
        </AppShell.Main>
      </AppShell>
    </>
  )
}

/** When the session ends, here or in another tab, the sign-in page comes and remembers the place. */
function useReturnToSignIn(session: Session | undefined): void {
  const { store } = useSessionServices()
  const navigate = useNavigate()
  const href = useRouterState({ select: ({ location }) => location.href })
  useEffect(() => {
    if (session) return
    void navigate({ to: '/sign-in', search: store.endReason === 'signed-out' ? {} : { redirect: href }, replace: true })
  }, [session, navigate, href, store])
}
