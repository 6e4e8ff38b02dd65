import { Group, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A page of the console: its title, what can be done on it, and its content. */
export function Page({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Stack gap="md">
      <title>{`${title} · Glia`}</title>
      <Group justify="space-between" wrap="nowrap" mih={36}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Stack>
  )
}
