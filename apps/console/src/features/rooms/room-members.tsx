import { contract } from '@glia/contract'
import { ActionIcon, Button, Group, Menu, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { countOf } from '../../ui/format.ts'
import { EmptyNotice, ErrorNotice, LoadingNotice } from '../../ui/notices.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { UserLink } from '../users/user-name.tsx'
import { PowerLevelDialog } from './power-level-dialog.tsx'
import { mayActInRooms, type RoomAction, RoomActionDialog, roomActionLabel } from './room-action-dialog.tsx'
import { type Member, type Membership, membershipsQuery, membersOf } from './room-memberships.ts'

const STEP = 100
const LABELS: Record<Membership, string> = { join: 'Members', invite: 'Invited', ban: 'Banned' }
const ACTIONS: Record<Membership, readonly RoomAction['kind'][]> = { join: ['kick', 'ban'], invite: ['kick', 'ban'], ban: ['unban'] }

type Open = { readonly member: Member; readonly what: RoomAction['kind'] | 'power' }

/** Who is in the room, invited or banned, and what can be done with them. */
export function RoomMembers({ roomId }: { roomId: string }) {
  const { client } = useSignedIn()
  const state = useQuery(membershipsQuery(client, roomId))
  const [membership, setMembership] = useState<Membership>('join')
  const [filter, setFilter] = useState('')
  const [shown, setShown] = useState(STEP)
  const [open, setOpen] = useState<Open>()
  if (state.isPending) return <LoadingNotice what="members" />
  if (state.isError) return <ErrorNotice title="The members could not be loaded" error={state.error} onRetry={state.refetch} />
  const wanted = filter.trim().toLowerCase()
  const members = membersOf(state.data, membership).filter(({ userId, name }) => `${name ?? ''} ${userId}`.toLowerCase().includes(wanted))
  const close = () => setOpen(undefined)
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label="Membership"
        value={membership}
        onChange={(value) => setMembership(value as Membership)}
        data={Object.entries(LABELS).map(([value, label]) => ({ value, label }))}
      />
      <TextInput
        size="xs"
        aria-label="Filter by name or ID"
        placeholder="Filter by name or ID"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      <Text size="sm" c="dimmed" role="status">
        {countOf(members.length, 'user')}
      </Text>
      {members.length === 0 && <EmptyNotice title="Nobody" />}
      {members.slice(0, shown).map((member) => (
        <MemberRow key={member.userId} member={member} membership={membership} onOpen={(what) => setOpen({ member, what })} />
      ))}
      {members.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown(shown + STEP)}>
          Show more
        </Button>
      )}
      {open?.what === 'power' && <PowerLevelDialog roomId={roomId} member={open.member} onClose={close} />}
      {open && open.what !== 'power' && (
        <RoomActionDialog action={{ kind: open.what, roomId, target: open.member.userId }} onClose={close} />
      )}
    </Stack>
  )
}

function MemberRow(props: { member: Member; membership: Membership; onOpen: (what: Open['what']) => void }) {
  const { member, membership, onOpen } = props
  const { powers } = useSignedIn()
  const actions = ACTIONS[membership].filter((kind) => mayActInRooms(powers, kind))
  const maySetPower = membership === 'join' && !member.isCreator && powers.may(contract.glia.roomActions.setPowerLevel)
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Group gap="xs" style={{ minWidth: 0 }}>
        <Text size="sm" component="span" style={{ overflowWrap: 'anywhere' }}>
          <UserLink userId={member.userId} {...(member.name !== undefined && { name: member.name })} />
        </Text>
        {member.isCreator && <StatusBadge kind="strong">Creator</StatusBadge>}
        {!member.isCreator && member.powerLevel !== 0 && <StatusBadge kind="plain">Power {member.powerLevel}</StatusBadge>}
      </Group>
      {(actions.length > 0 || maySetPower) && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`What can be done with ${member.userId}`}>
              <IconDotsVertical size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {maySetPower && <Menu.Item onClick={() => onOpen('power')}>Power level</Menu.Item>}
            {actions.map((kind) => (
              <Menu.Item key={kind} onClick={() => onOpen(kind)}>
                {membership === 'invite' && kind === 'kick' ? 'Take back the invite' : roomActionLabel(kind)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  )
}
