import { Box, Container, Group, Paper, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Brand } from '../brand.tsx'
import { ColorSchemeToggle } from '../color-scheme-toggle.tsx'

/** The frame of the pages before anyone is signed in. */
export function SignInLayout({ children }: { children: ReactNode }) {
  return (
    <Box mih="100dvh" bg="light-dark(var(--mantine-color-gray-0), var(--mantine-color-dark-8))">
      <title>Sign in · Glia</title>
      <Group justify="flex-end" p="sm" component="header">
        <ColorSchemeToggle />
      </Group>
      <Container size={440} px="md" pt={{ base: 'sm', sm: '6dvh' }} pb="xl" component="main">
        <Stack gap="lg">
          <Group justify="center">
            <Brand />
          </Group>
          <Paper withBorder shadow="sm" p={{ base: 'md', sm: 'xl' }}>
            {children}
          </Paper>
        </Stack>
      </Container>
    </Box>
  )
}
