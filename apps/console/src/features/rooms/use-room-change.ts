import type { Client } from '@glia/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useSignedIn } from '../../app/session/index.ts'
import { toastDone } from '../../ui/toast.ts'
import { roomsKey } from './room-queries.ts'

/** A change to a room: afterwards everything about rooms is asked for anew, and a toast says what was done. */
export function useRoomChange<Answer>(options: {
  change: (client: Client) => Promise<Answer>
  done: string | ((answer: Answer) => string)
  onDone: (answer: Answer) => void
}) {
  const { client } = useSignedIn()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => options.change(client),
    onSuccess: async (answer) => {
      await queryClient.invalidateQueries({ queryKey: roomsKey })
      toastDone(typeof options.done === 'string' ? options.done : options.done(answer))
      options.onDone(answer)
    },
    // some changes are several requests: those before the one that failed were done
    onError: () => queryClient.invalidateQueries({ queryKey: roomsKey }),
  })
}
