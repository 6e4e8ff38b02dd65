import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './status-badge.module.css'

const COLORS = { strong: 'teal', grave: 'red', watch: 'yellow', plain: 'gray' } as const
export type StatusKind = keyof typeof COLORS

/** A word about the state of something. */
export function StatusBadge({ kind, children }: { kind: StatusKind; children: ReactNode }) {
  return (
    <Badge
      component="span"
      size="sm"
      variant="light"
      color={COLORS[kind]}
      tt="none"
      fw={600}
      className={classes[kind]}
      style={{ flexShrink: 0, minWidth: 'max-content' }}
    >
      {children}
    </Badge>
  )
}
