import { ApiError } from '@glia/client'
import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core'
import { IconAlertCircle, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { messageOf } from './message-of.ts'

/** What went wrong, and a way to try again. */
export function ErrorNotice({ error, title, onRetry }: { error: unknown; title: string; onRetry?: (() => unknown) | undefined }) {
  return (
    <Alert role="alert" color="red" variant="light" title={title} icon={<IconAlertCircle aria-hidden />}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{messageOf(error)}</Text>
        {error instanceof ApiError && error.code !== undefined && (
          <Text size="xs" c="dimmed" ff="monospace">
            {error.code} · status {error.status}
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => onRetry()}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** There is nothing to show, and that is all right. */
export function EmptyNotice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Center py="xl" px="md">
      <Stack gap={4} align="center">
        <Text fw={600}>{title}</Text>
        {children && (
          <Text size="sm" c="dimmed" ta="center" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  )
}

export function LoadingNotice({ what }: { what: string }) {
  return (
    <Center py="xl" role="status" aria-label={`Loading ${what}`}>
      <Loader size="sm" />
    </Center>
  )
}
