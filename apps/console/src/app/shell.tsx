import { AppShell, Burger, Group, NavLink, ScrollArea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHelpCircle, IconMessages, IconUsers } from '@tabler/icons-react'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { AccountMenu } from './account-menu.tsx'
import { Brand } from './brand.tsx'
import { ColorSchemeToggle } from './color-scheme-toggle.tsx'
import { SignedInContext, useMaybeSession, useSessionClient, useSessionServices } from './session/context.ts'
import type { Session } from './session/session.ts'

const DESTINATIONS = [
  { to: '/users', label: 'Users', Icon: IconUsers },
  { to: '/rooms', label: 'Rooms', Icon: IconMessages },
  { to: '/about', label: 'Help & About', Icon: IconHelpCircle },
] as const

/** The frame around every page behind the sign-in: navigation, account, colours. */
export function Shell() {
  const session = useMaybeSession()
  useReturnToSignIn(session)
  return session ? <ShellOf session={session} /> : null
}

function ShellOf({ session }: { session: Session }) {
  const [isMenuOpen, menu] = useDisclosure(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const client = useSessionClient(session.baseUrl)
  const signedIn = useMemo(() => ({ session, client }), [session, client])
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the drawer of the phone
  useEffect(() => menu.close(), [path])

  return (
    <SignedInContext value={signedIn}>
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
            {DESTINATIONS.map(({ to, label, Icon }) => (
              <NavLink
                key={to}
                label={label}
                leftSection={<Icon size={18} stroke={1.75} aria-hidden />}
                active={path === to || path.startsWith(`${to}/`)}
                style={{ borderRadius: 'var(--mantine-radius-md)' }}
                renderRoot={(props) => <Link to={to} {...props} />}
              />
            ))}
          </AppShell.Section>
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1} style={{ outline: 'none' }}>
          <Outlet />
        </AppShell.Main>
      </AppShell>
    </SignedInContext>
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
