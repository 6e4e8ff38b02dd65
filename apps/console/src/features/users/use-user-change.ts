import type { Client } from '@glia/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useSignedIn } from '../../app/session/index.ts'
import { toastDone } from '../../ui/toast.ts'
import { usersKey } from './user-queries.ts'

/** A change to a user: afterwards everything about users is asked for anew, and a toast says what was done. */
export function useUserChange<Input = void>(options: {
  change: (client: Client, input: Input) => Promise<unknown>
  done: (input: Input) => string
  onDone?: () => void
}) {
  const { client } = useSignedIn()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => options.change(client, input),
    onSuccess: async (_answer, input) => {
      await queryClient.invalidateQueries({ queryKey: usersKey })
      toastDone(options.done(input))
      options.onDone?.()
    },
  })
}
