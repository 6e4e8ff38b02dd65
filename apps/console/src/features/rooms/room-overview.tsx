import { contract } from '@glia/contract'
import { Alert, Anchor, Button, Divider, Group, Stack, Text } from '@mantine/core'
import { IconBan, IconCrown, IconHistory, IconPencil, IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { Facts } from '../../ui/facts.tsx'
import { formatCount } from '../../ui/format.ts'
import { Trail } from '../trail.tsx'
import { UserLink } from '../users/user-name.tsx'
import { BlockRoomDialog } from './block-room-dialog.tsx'
import { DeleteRoomDialog } from './delete-room-dialog.tsx'
import { EditRoomDialog } from './edit-room-dialog.tsx'
import { PurgeHistoryDialog } from './purge-history-dialog.tsx'
import { type Room, roomBlockQuery } from './room-queries.ts'
import { type RoomUserChange, RoomUserDialog } from './room-user-dialog.tsx'

const { rooms } = contract.admin

/** What the room is, and what can be done with it. */
export function RoomOverview({ room, onPurging }: { room: Room; onPurging: (purgeId: string) => void }) {
  const { client, powers } = useSignedIn()
  const block = useQuery(roomBlockQuery(client, room.room_id))
  const [dialog, setDialog] = useState<'edit' | 'block' | 'purge' | 'delete' | RoomUserChange>()
  const close = () => setDialog(undefined)
  const isBlocked = block.data?.block ?? false
  return (
    <Stack gap="md">
      {isBlocked && (
        <Alert color="yellow" variant="light" icon={<IconBan aria-hidden />} title="Blocked">
          <Text size="sm">Nobody of this server can join it{block.data?.user_id && `; blocked by ${block.data.user_id}`}.</Text>
        </Alert>
      )}
      <RoomFacts room={room} />
      <Trail links={{ reports: { room: room.room_id }, audit: { target: room.room_id } }} />
      <Divider />
      <Group gap="xs">
        {powers.may(contract.glia.roomActions.setState) && (
          <Button variant="default" size="xs" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setDialog('edit')}>
            Change
          </Button>
        )}
        {powers.may(rooms.joinRoom) && (
          <Button variant="default" size="xs" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setDialog('join')}>
            Let a user join
          </Button>
        )}
        {powers.may(rooms.makeRoomAdmin) && (
          <Button variant="default" size="xs" leftSection={<IconCrown size={16} aria-hidden />} onClick={() => setDialog('make-admin')}>
            Make admin
          </Button>
        )}
        {powers.may(rooms.setRoomBlock) && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconBan size={16} aria-hidden />}
            disabled={!block.data}
            onClick={() => setDialog('block')}
          >
            {isBlocked ? 'Unblock' : 'Block'}
          </Button>
        )}
        {powers.may(contract.admin.purgeHistory.purgeHistory) && (
          <Button
            variant="light"
            color="red"
            size="xs"
            leftSection={<IconHistory size={16} aria-hidden />}
            onClick={() => setDialog('purge')}
          >
            Purge history
          </Button>
        )}
        {powers.may(rooms.deleteRoomV2) && (
          <Button
            variant="light"
            color="red"
            size="xs"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setDialog('delete')}
          >
            Delete
          </Button>
        )}
      </Group>
      {dialog === 'edit' && <EditRoomDialog room={room} onClose={close} />}
      {(dialog === 'join' || dialog === 'make-admin') && <RoomUserDialog room={room} kind={dialog} onClose={close} />}
      {dialog === 'purge' && <PurgeHistoryDialog room={room} onClose={close} onStarted={onPurging} />}
      {dialog === 'block' && <BlockRoomDialog room={room} isBlocked={isBlocked} onClose={close} />}
      {dialog === 'delete' && <DeleteRoomDialog room={room} onClose={close} />}
    </Stack>
  )
}

function RoomFacts({ room }: { room: Room }) {
  const { replacement_room: replacement } = room as { replacement_room?: string | null }
  return (
    <Facts
      entries={{
        Topic: room.topic,
        'Main alias': room.canonical_alias,
        Members: `${formatCount(room.joined_members)}, ${formatCount(room.joined_local_members)} of this server`,
        'Created by': room.creator && <UserLink userId={room.creator} />,
        'Room version': room.version,
        'Who may join': room.join_rules,
        'Who may read': room.history_visibility,
        Guests: room.guest_access,
        Encryption: room.encryption,
        'State events': formatCount(room.state_events),
        'Replaced by': replacement && (
          <Anchor size="sm" renderRoot={(props) => <Link to="/rooms/$roomId" params={{ roomId: replacement }} {...props} />}>
            {replacement}
          </Anchor>
        ),
      }}
    />
  )
}
