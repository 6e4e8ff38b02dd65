import { NumberInput, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { dayOf, startOfDay } from '../../ui/day.ts'
import { toastDone } from '../../ui/toast.ts'
import { type RegistrationToken, tokensKey } from './token-queries.ts'

/** Makes a registration token, or changes the limits of one. */
export function TokenDialog(props: { token?: RegistrationToken; onClose: () => void; onDone: (token: string) => void }) {
  const { token, onClose, onDone } = props
  const { client } = useSignedIn()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [uses, setUses] = useState<number | string>(token?.uses_allowed ?? '')
  const before = token?.expiry_time == null ? '' : dayOf(token.expiry_time - 1)
  const [day, setDay] = useState(before)
  const limits = {
    uses_allowed: uses === '' ? null : Number(uses),
    // who does not touch the day keeps the hour
    expiry_time: day === before && token ? token.expiry_time : day === '' ? null : startOfDay(day, 1),
  }
  const save = useMutation({
    mutationFn: () =>
      token
        ? client.admin.registrationTokens.updateRegistrationToken({ params: { token: token.token }, body: limits })
        : client.admin.registrationTokens.createRegistrationToken({
            body: { ...limits, ...(name.trim() !== '' && { token: name.trim() }) },
          }),
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: tokensKey })
      toastDone(`The registration token ${saved.token} has been ${token ? 'changed' : 'created'}.`)
      onDone(saved.token)
    },
  })
  return (
    <ConfirmDialog
      title={token ? 'Change this registration token' : 'Create registration token'}
      confirmLabel={token ? 'Save' : 'Create'}
      isPending={save.isPending}
      error={save.error}
      onConfirm={() => save.mutate()}
      onClose={onClose}
    >
      <Text size="sm">Who has the token may register, where registration asks for one.</Text>
      {!token && (
        <TextInput
          label="Token"
          description="Letters, digits and . _ ~ -; empty: one is made up"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <NumberInput
        label="How often it may be used"
        description="Empty: without limit"
        min={0}
        allowDecimal={false}
        value={uses}
        onChange={setUses}
      />
      <TextInput
        type="date"
        label="Last day"
        description="Empty: it does not expire"
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
