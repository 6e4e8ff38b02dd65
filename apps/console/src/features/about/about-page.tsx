import { Alert, Anchor, Card, List, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import { ROLE_LABELS, useSignedIn } from '../../app/session/index.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Facts } from '../../ui/facts.tsx'
import { messageOf } from '../../ui/message-of.ts'
import { Moment } from '../../ui/moment.tsx'
import { Page } from '../../ui/page.tsx'
import { SecretField } from '../../ui/secret-field.tsx'
import { authServiceQuery, serverVersionQuery, specVersionsQuery } from './server-queries.ts'

const ORIGINS = {
  oauth: 'the server’s sign-in page (OAuth 2.0)',
  password: 'password',
  pasted: 'a pasted access token',
} as const

/** Where one is, as whom, and how to go on from here without the console. */
export function AboutPage() {
  return (
    <Page title="Help & About">
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Stack gap="md">
          <HomeserverCard />
          <AuthServiceCard />
        </Stack>
        <Stack gap="md">
          <SessionCard />
          <HelpCard />
        </Stack>
      </SimpleGrid>
    </Page>
  )
}

function HomeserverCard() {
  const { client, session, powers } = useSignedIn()
  const version = useQuery(serverVersionQuery(client))
  const spec = useQuery(specVersionsQuery(client))
  return (
    <Section title="Homeserver">
      <Facts
        entries={{
          'Server name': session.userId.slice(session.userId.indexOf(':') + 1),
          Address: <Copyable text={session.baseUrl} what="address" />,
          Software: powers.isGlia ? 'Glia' : 'Synapse, or one like it',
          Version: <Loaded query={version} show={({ server_version }) => server_version} />,
          'Matrix versions': <Loaded query={spec} show={({ versions }) => rangeOf(versions)} />,
        }}
      />
    </Section>
  )
}

function AuthServiceCard() {
  const { client } = useSignedIn()
  const auth = useQuery(authServiceQuery(client))
  return (
    <Section title="Auth service">
      {auth.isPending && <Skeleton height={16} />}
      {auth.data === null && (
        <Text size="sm" c="dimmed">
          None: this homeserver knows passwords and access tokens only.
        </Text>
      )}
      {auth.data && (
        <Facts
          entries={{
            Issuer: <Copyable text={auth.data.issuer} what="issuer" />,
            Grants: auth.data.grant_types_supported?.map((grant) => grant.replace('urn:ietf:params:oauth:grant-type:', '')).join(', '),
            'Own account': auth.data.account_management_uri && (
              <Anchor size="sm" href={auth.data.account_management_uri} target="_blank" rel="noreferrer">
                {auth.data.account_management_uri}
              </Anchor>
            ),
          }}
        />
      )}
    </Section>
  )
}

function SessionCard() {
  const { session, powers } = useSignedIn()
  return (
    <Section title="Your session">
      <Stack gap="md">
        <Facts
          entries={{
            Account: session.userId,
            May: powers.role ? `what helpers with the role “${ROLE_LABELS[powers.role]}” may` : 'everything: it is an administrator',
            'Signed in by': ORIGINS[session.origin],
            'Token expires': session.expiresAtMs === undefined ? 'not known to the console' : <Moment ms={session.expiresAtMs} />,
          }}
        />
        <Stack gap="xs">
          <Title order={3} size="h6">
            Access token
          </Title>
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle aria-hidden />} py="xs">
            <Text size="sm">
              {powers.role
                ? 'Whoever has this token may do on this server what your role may, as long as it is valid.'
                : 'Whoever has this token has full power over this server as long as it is valid.'}{' '}
              Never put it into a chat, a ticket or a repository.
            </Text>
          </Alert>
          <SecretField secret={session.accessToken} what="access token" />
          <Text size="sm" c="dimmed">
            {session.origin === 'pasted'
              ? 'It is the token that you pasted: signing out here forgets it, but does not end it.'
              : 'It ends when you sign out. For scripts, get one of their own; the guide says how.'}
          </Text>
        </Stack>
      </Stack>
    </Section>
  )
}

function HelpCard() {
  const { session, powers } = useSignedIn()
  const docs = `${session.baseUrl}/_glia/docs/`
  return (
    <Section title="Help">
      {powers.isGlia ? (
        <List size="sm" spacing="xs">
          <List.Item>
            <Anchor size="sm" underline="always" href={`${docs}getting-started`} target="_blank" rel="noreferrer">
              Getting started with the Admin API
            </Anchor>
            : a token for the command line, and the first requests
          </List.Item>
          <List.Item>
            <Anchor size="sm" underline="always" href={docs} target="_blank" rel="noreferrer">
              All endpoints of this server
            </Anchor>
            , to read and to try out
          </List.Item>
        </List>
      ) : (
        <Text size="sm">
          <Anchor
            size="sm"
            href="https://element-hq.github.io/synapse/latest/usage/administration/admin_api/"
            target="_blank"
            rel="noreferrer"
          >
            Synapse’s documentation of the Admin API
          </Anchor>
        </Text>
      )}
    </Section>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <Card withBorder component="section" aria-labelledby={id}>
      <Title order={2} size="h5" mb="sm" id={id}>
        {title}
      </Title>
      {children}
    </Card>
  )
}

function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}>
      <span style={{ overflowWrap: 'anywhere' }}>{text}</span>
      <CopyButton text={text} what={what} />
    </span>
  )
}

function Loaded<T>({ query, show }: { query: { data: T | undefined; error: unknown; isPending: boolean }; show: (data: T) => ReactNode }) {
  if (query.data !== undefined) return show(query.data)
  return query.isPending ? <Skeleton height={16} w={80} /> : messageOf(query.error)
}

/** `v1.1 to v1.16`, and how many older ones. */
function rangeOf(versions: readonly string[]): string {
  const recent = versions.filter((version) => version.startsWith('v'))
  const old = versions.length - recent.length
  const range = recent.length > 1 ? `${recent[0]} to ${recent.at(-1)}` : (recent[0] ?? '')
  return [range, old > 0 ? `${old} older` : ''].filter((part) => part !== '').join(', ')
}
