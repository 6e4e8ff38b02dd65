import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'

/** The name of a row, which opens it. `link` draws the link with the properties that it is given. */
export function RowTitle({ children, link }: { children: ReactNode; link: (props: object) => ReactNode }) {
  return (
    <Anchor c="inherit" fw={600} size="sm" underline="hover" style={{ overflowWrap: 'anywhere' }} renderRoot={link}>
      {children}
    </Anchor>
  )
}
