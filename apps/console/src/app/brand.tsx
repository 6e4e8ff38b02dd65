import { Group, Text } from '@mantine/core'

/** Name and mark: a cell with its branches. */
export function Brand() {
  return (
    <Group gap={8} wrap="nowrap">
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false" color="var(--mantine-color-anchor)">
        <g stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" fill="none">
          <path d="M16 16 5 7M16 16l10-11M16 16 4 22M16 16l12 5M16 16l-2 13" />
        </g>
        <g fill="currentColor">
          <circle cx="16" cy="16" r="6.2" />
          <circle cx="5" cy="7" r="2.4" />
          <circle cx="26" cy="5" r="2.4" />
          <circle cx="4" cy="22" r="2.4" />
          <circle cx="28" cy="21" r="2.4" />
          <circle cx="14" cy="29" r="2.4" />
        </g>
        <circle cx="16" cy="16" r="2.6" fill="var(--mantine-color-body)" />
      </svg>
      <Text fw={700} size="lg" component="span" style={{ letterSpacing: '-0.01em' }}>
        Glia
      </Text>
    </Group>
  )
}
