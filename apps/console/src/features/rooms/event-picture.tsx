import { Button, Image, Text } from '@mantine/core'
import { IconPhoto } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { messageOf } from '../../ui/message-of.ts'
import { pictureOf, type RoomEvent } from './room-event.ts'

/** The picture of an event, where it is one. It is loaded on demand: nobody has to see what was reported by accident. */
export function EventPicture({ event }: { event: RoomEvent }) {
  const { client } = useSignedIn()
  const [address, setAddress] = useState<string>()
  useEffect(() => () => (address === undefined ? undefined : URL.revokeObjectURL(address)), [address])
  const picture = pictureOf(event)
  const load = useMutation({
    mutationFn: async ({ serverName, mediaId }: { serverName: string; mediaId: string }) => {
      const response = await client.client.media.downloadMedia({ params: { serverName, mediaId }, query: {} })
      return URL.createObjectURL(await response.blob())
    },
    onSuccess: setAddress,
  })
  if (!picture) return null
  if (address !== undefined) return <Image src={address} alt={picture.alt} mah={240} w="auto" maw="100%" fit="contain" radius="sm" mt={4} />
  return (
    <>
      <Button
        variant="default"
        size="compact-xs"
        mt={4}
        leftSection={<IconPhoto size={14} aria-hidden />}
        loading={load.isPending}
        onClick={() => load.mutate(picture)}
      >
        Show picture
      </Button>
      {load.isError && (
        <Text size="xs" c="dimmed" role="alert">
          The picture could not be loaded: {messageOf(load.error)}
        </Text>
      )}
    </>
  )
}
