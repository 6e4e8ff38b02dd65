import { Button, Code, Group, Paper } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { CopyButton } from './copy-button.tsx'

/** Something secret, hidden until asked for, that can be copied also while it is hidden. `what` completes "Reveal …". */
export function SecretField({ secret, what }: { secret: string; what: string }) {
  const [isShown, setShown] = useState(false)
  const id = useId()
  const Icon = isShown ? IconEyeOff : IconEye
  return (
    <Paper withBorder p="xs">
      <Group gap="xs" wrap="nowrap" align="center">
        <Code id={id} block flex={1} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', background: 'none' }}>
          {isShown ? secret : '•'.repeat(24)}
        </Code>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Icon size={16} aria-hidden />}
          aria-controls={id}
          aria-expanded={isShown}
          aria-label={isShown ? `Hide ${what}` : `Reveal ${what}`}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? 'Hide' : 'Reveal'}
        </Button>
        <CopyButton text={secret} what={what} />
      </Group>
    </Paper>
  )
}
