import { contract } from '@glia/contract'
import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useSignedIn } from '../../app/session/index.ts'
import { AskFirst } from '../../ui/ask-first.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { DataList, type ListColumn } from '../../ui/data-list.tsx'
import { DeleteButton } from '../../ui/delete-button.tsx'
import { Facts } from '../../ui/facts.tsx'
import { formatCount } from '../../ui/format.ts'
import { ExactMoment, Moment } from '../../ui/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../ui/notices.tsx'
import { Page } from '../../ui/page.tsx'
import { RowTitle } from '../../ui/row-title.tsx'
import { withoutUndefined } from '../../ui/search-params.ts'
import { SidePanel, WithSidePanel } from '../../ui/side-panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { toastDone } from '../../ui/toast.ts'
import { TokenDialog } from './token-dialog.tsx'
import { type RegistrationToken, tokenState, tokensKey, tokensQuery } from './token-queries.ts'
import type { TokensSearch } from './tokens-search.ts'

const route = getRouteApi('/signed-in/registration-tokens')
const { registrationTokens } = contract.admin

const columns: readonly ListColumn<RegistrationToken>[] = [
  { id: 'token', header: 'Token', cell: (token) => <TokenCell token={token} /> },
  { id: 'state', header: 'State', cell: (token) => <TokenBadge token={token} /> },
  { id: 'used', header: 'Used', cell: usesText },
  { id: 'expires', header: 'Expires', cell: ({ expiry_time: ms }) => <Moment ms={ms} /> },
]

/** Tokens with which people may register. */
export function TokensPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { client, powers } = useSignedIn()
  const tokens = useQuery(tokensQuery(client, search))
  const [isCreating, creation] = useDisclosure(false)
  const change = (next: { [K in keyof TokensSearch]: TokensSearch[K] | undefined }) =>
    navigate({ search: (current) => withoutUndefined({ ...current, ...next }) as TokensSearch })
  const open = tokens.data?.find(({ token }) => token === search.token)
  const close = () => change({ token: undefined })
  return (
    <WithSidePanel panel={search.token !== undefined && tokens.data && <TokenPanel token={open} onClose={close} />}>
      <Page
        title="Registration tokens"
        actions={
          powers.may(registrationTokens.createRegistrationToken) && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creation.open}>
              Create token
            </Button>
          )
        }
      >
        <Select
          aria-label="Which tokens"
          w={170}
          allowDeselect={false}
          value={search.valid ?? 'all'}
          onChange={(value) => change({ valid: value === 'yes' || value === 'no' ? value : undefined, token: undefined })}
          data={[
            { value: 'all', label: 'All tokens' },
            { value: 'yes', label: 'Usable' },
            { value: 'no', label: 'Not usable' },
          ]}
        />
        {tokens.isError && (
          <ErrorNotice title="The registration tokens could not be loaded" error={tokens.error} onRetry={tokens.refetch} />
        )}
        {!(tokens.isError && !tokens.data) && (
          <DataList
            label="Registration tokens"
            columns={columns}
            rows={tokens.data}
            keyOf={({ token }) => token}
            selectedKey={search.token}
            onOpen={({ token }) => change({ token })}
            empty={
              <EmptyNotice title="No registration tokens">With one, people can register where that is not open to everyone.</EmptyNotice>
            }
          />
        )}
        {isCreating && (
          <TokenDialog
            onClose={creation.close}
            onDone={(token) => {
              creation.close()
              change({ token, valid: undefined })
            }}
          />
        )}
      </Page>
    </WithSidePanel>
  )
}

function TokenCell({ token: { token } }: { token: RegistrationToken }) {
  return (
    <RowTitle link={(props) => <Link to="/registration-tokens" search={(current: object) => ({ ...current, token })} {...props} />}>
      {token}
    </RowTitle>
  )
}

function TokenBadge({ token }: { token: RegistrationToken }) {
  switch (tokenState(token, Date.now())) {
    case 'usable':
      return <StatusBadge kind="strong">Usable</StatusBadge>
    case 'expired':
      return <StatusBadge kind="plain">Expired</StatusBadge>
    case 'used-up':
      return <StatusBadge kind="plain">Used up</StatusBadge>
  }
}

function usesText({ completed, uses_allowed: allowed }: RegistrationToken): string {
  return allowed === null ? formatCount(completed) : `${formatCount(completed)} of ${formatCount(allowed)}`
}

function TokenPanel({ token, onClose }: { token: RegistrationToken | undefined; onClose: () => void }) {
  if (!token) {
    return (
      <SidePanel title="Registration token" onClose={onClose}>
        <EmptyNotice title="There is no such token in this list" />
      </SidePanel>
    )
  }
  return (
    <SidePanel
      key={token.token}
      title={
        <Group gap={4} wrap="nowrap">
          <span style={{ overflowWrap: 'anywhere' }}>{token.token}</span>
          <CopyButton text={token.token} what="token" />
        </Group>
      }
      subtitle={<TokenBadge token={token} />}
      onClose={onClose}
    >
      <Stack gap="md">
        <Facts
          entries={{
            Used: usesText(token),
            'Being used': token.pending > 0 && formatCount(token.pending),
            'May be used': token.uses_allowed === null ? 'without limit' : `${formatCount(token.uses_allowed)} times`,
            Expires: token.expiry_time === null ? 'never' : <ExactMoment ms={token.expiry_time} />,
          }}
        />
        <TokenActions token={token} onDeleted={onClose} />
      </Stack>
    </SidePanel>
  )
}

function TokenActions({ token, onDeleted }: { token: RegistrationToken; onDeleted: () => void }) {
  const { client, powers } = useSignedIn()
  const queryClient = useQueryClient()
  const [isChanging, change] = useDisclosure(false)
  const remove = useMutation({
    mutationFn: () => client.admin.registrationTokens.deleteRegistrationToken({ params: { token: token.token } }),
    onSuccess: async () => {
      onDeleted()
      await queryClient.invalidateQueries({ queryKey: tokensKey })
      toastDone(`The registration token ${token.token} has been deleted.`)
    },
  })
  return (
    <Group gap="xs">
      {powers.may(registrationTokens.updateRegistrationToken) && (
        <Button variant="default" size="compact-xs" leftSection={<IconPencil size={14} aria-hidden />} onClick={change.open}>
          Change
        </Button>
      )}
      {powers.may(registrationTokens.deleteRegistrationToken) && (
        <AskFirst
          title="Delete this registration token?"
          confirmLabel="Delete"
          isDangerous
          change={remove}
          control={(ask) => <DeleteButton onClick={ask} />}
        >
          <Text size="sm">
            Nobody can register with <b>{token.token}</b> any more. Who did, stays.
          </Text>
        </AskFirst>
      )}
      {isChanging && <TokenDialog token={token} onClose={change.close} onDone={change.close} />}
    </Group>
  )
}
