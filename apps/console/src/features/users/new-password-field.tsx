import { Button, Group, PasswordInput } from '@mantine/core'
import { IconDice5 } from '@tabler/icons-react'
import { useState } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { newPassword } from './new-password.ts'

/** A password for someone else: typed, or made up and shown so that it can be handed on. */
export function NewPasswordField(props: { value: string; onChange: (password: string) => void; description?: string }) {
  const { value, onChange, description } = props
  const [isShown, setShown] = useState(false)
  const generate = () => {
    onChange(newPassword())
    setShown(true)
  }
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <PasswordInput
        label="New password"
        description={description}
        required
        withAsterisk={false}
        autoComplete="new-password"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        visible={isShown}
        onVisibilityChange={setShown}
        visibilityToggleButtonProps={{ 'aria-label': isShown ? 'Hide the password' : 'Show the password' }}
        flex={1}
      />
      <Button variant="default" px="sm" leftSection={<IconDice5 size={16} aria-hidden />} onClick={generate}>
        Generate
      </Button>
      <Group h={36} align="center">
        <CopyButton text={value} what="password" />
      </Group>
    </Group>
  )
}
