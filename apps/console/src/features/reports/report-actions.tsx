import { contract } from '@glia/contract'
import { Button, Group, Stack, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { BlockRoomDialog } from '../rooms/block-room-dialog.tsx'
import { DeleteRoomDialog } from '../rooms/delete-room-dialog.tsx'
import { mayActInRooms, type RoomAction, RoomActionDialog } from '../rooms/room-action-dialog.tsx'
import { asRoomEvent, isRedacted, mediaOf } from '../rooms/room-event.ts'
import { roomBlockQuery, roomQuery } from '../rooms/room-queries.ts'
import { RestrictUserDialog, restrictionLabel } from '../users/restrict-user-dialog.tsx'
import { mayRestrict, type Restriction } from '../users/user-actions.ts'
import { useIsLocal } from '../users/user-name.tsx'
import { userQuery } from '../users/user-queries.ts'
import { QuarantineDialog } from './quarantine-dialog.tsx'
import { type Report, reportsKey } from './report-queries.ts'

const { rooms, media } = contract.admin

/** What can be done about a report where one stands: with the event, with who is reported, and with the room. */
export function ReportActions({ report }: { report: Report }) {
  const { powers, session } = useSignedIn()
  const isLocal = useIsLocal()
  const { target_user_id: target, room_id: roomId } = report
  const isOther = target !== null && target !== session.userId
  return (
    <Stack gap="sm" component="section" aria-label="What can be done">
      {report.event && roomId !== null && <EventActions report={report} roomId={roomId} />}
      {isOther && roomId !== null && mayActInRooms(powers, 'kick') && <MemberActions userId={target} roomId={roomId} />}
      {isOther && isLocal(target) && <AccountActions userId={target} />}
      {roomId !== null && (powers.may(rooms.setRoomBlock) || powers.may(rooms.deleteRoomV2)) && <RoomActions roomId={roomId} />}
    </Stack>
  )
}

function Actions({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap={6}>
      <Title order={3} size="h6">
        {title}
      </Title>
      <Group gap="xs">{children}</Group>
    </Stack>
  )
}

function Action({ label, isDangerous, onClick }: { label: string; isDangerous?: boolean; onClick: () => void }) {
  return (
    <Button size="xs" {...(isDangerous ? { variant: 'light', color: 'red' } : { variant: 'default' })} onClick={onClick}>
      {label}
    </Button>
  )
}

/** What a report says of its event is out of date when something was done about it. */
function useReportsAnew(): () => void {
  const queryClient = useQueryClient()
  return () => void queryClient.invalidateQueries({ queryKey: reportsKey })
}

function EventActions({ report, roomId }: { report: Report; roomId: string }) {
  const { powers } = useSignedIn()
  const askAnew = useReportsAnew()
  const [open, setOpen] = useState<'redact' | 'quarantine'>()
  const event = asRoomEvent(report.event ?? {})
  const files = mediaOf(event)
  const mayRedact = mayActInRooms(powers, 'redact') && !isRedacted(event)
  const mayHide = powers.may(media.quarantineMedia) && files.length > 0
  if (!mayRedact && !mayHide) return null
  const close = () => setOpen(undefined)
  return (
    <Actions title="With the message">
      {mayRedact && <Action label="Redact" isDangerous onClick={() => setOpen('redact')} />}
      {mayHide && <Action label="Quarantine its media" isDangerous onClick={() => setOpen('quarantine')} />}
      {open === 'redact' && report.event_id !== null && (
        <RoomActionDialog action={{ kind: 'redact', roomId, target: report.event_id }} onClose={close} onDone={askAnew} />
      )}
      {open === 'quarantine' && <QuarantineDialog files={files} onClose={close} />}
    </Actions>
  )
}

function MemberActions({ userId, roomId }: { userId: string; roomId: string }) {
  const [open, setOpen] = useState<RoomAction['kind']>()
  return (
    <Actions title="With the member, in this room">
      <Action label="Kick" onClick={() => setOpen('kick')} />
      <Action label="Ban" isDangerous onClick={() => setOpen('ban')} />
      {open && <RoomActionDialog action={{ kind: open, roomId, target: userId }} onClose={() => setOpen(undefined)} />}
    </Actions>
  )
}

const RESTRICTIONS: readonly Restriction[] = ['suspend', 'lock']

function AccountActions({ userId }: { userId: string }) {
  const { client, powers } = useSignedIn()
  const user = useQuery(userQuery(client, userId))
  const [open, setOpen] = useState<Restriction>()
  const allowed = RESTRICTIONS.filter((restriction) => mayRestrict(powers, restriction))
  if (!user.data || user.data.deactivated || allowed.length === 0) return null
  const { suspended, locked } = user.data
  const isSet = (restriction: Restriction) => (restriction === 'suspend' ? (suspended ?? false) : locked)
  return (
    <Actions title="With the account">
      {allowed.map((restriction) => (
        <Action key={restriction} label={restrictionLabel(restriction, isSet(restriction))} onClick={() => setOpen(restriction)} />
      ))}
      {open && <RestrictUserDialog userId={userId} restriction={open} isSet={isSet(open)} onClose={() => setOpen(undefined)} />}
    </Actions>
  )
}

function RoomActions({ roomId }: { roomId: string }) {
  const { client, powers } = useSignedIn()
  const room = useQuery(roomQuery(client, roomId))
  const block = useQuery(roomBlockQuery(client, roomId))
  const askAnew = useReportsAnew()
  const [open, setOpen] = useState<'block' | 'delete'>()
  if (!room.data) return null
  const close = () => {
    setOpen(undefined)
    askAnew()
  }
  const isBlocked = block.data?.block ?? false
  return (
    <Actions title="With the whole room">
      {powers.may(rooms.setRoomBlock) && block.data && (
        <Action label={isBlocked ? 'Unblock room' : 'Block room'} onClick={() => setOpen('block')} />
      )}
      {powers.may(rooms.deleteRoomV2) && <Action label="Delete room" isDangerous onClick={() => setOpen('delete')} />}
      {open === 'block' && <BlockRoomDialog room={room.data} isBlocked={isBlocked} onClose={close} />}
      {open === 'delete' && <DeleteRoomDialog room={room.data} onClose={close} />}
    </Actions>
  )
}
