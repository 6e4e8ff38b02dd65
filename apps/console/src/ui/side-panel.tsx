import { CloseButton, Drawer, Group, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import classes from './side-panel.module.css'
import { useIsPhone } from './use-is-phone.ts'

export interface SidePanelProps {
  readonly title: ReactNode
  readonly subtitle?: ReactNode
  readonly children: ReactNode
  readonly onClose: () => void
}

/** Details beside a list that stays usable; over the whole screen on a phone. Escape closes it. */
export function SidePanel({ title, subtitle, children, onClose }: SidePanelProps) {
  const isPhone = useIsPhone()
  if (isPhone) {
    return (
      <Drawer.Root opened onClose={onClose} position="right" size="100%" transitionProps={{ duration: 120 }}>
        <Drawer.Content>
          {/* the page has its banner already */}
          <Drawer.Header role="none">
            <div className={classes.heading}>
              <Drawer.Title component="h2" className={classes.title}>
                {title}
              </Drawer.Title>
              {subtitle}
            </div>
            <Drawer.CloseButton aria-label="Close panel" />
          </Drawer.Header>
          <Drawer.Body>{children}</Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
    )
  }
  return (
    <WidePanel title={title} subtitle={subtitle} onClose={onClose}>
      {children}
    </WidePanel>
  )
}

function WidePanel({ title, subtitle, children, onClose }: SidePanelProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isSomethingOnTop()) onClose()
    }
    // before a dialog hears of it and is gone
    window.addEventListener('keydown', closeOnEscape, { capture: true })
    return () => window.removeEventListener('keydown', closeOnEscape, { capture: true })
  }, [onClose])
  return (
    <aside className={classes.panel} aria-labelledby="side-panel-title">
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs" className={classes.header}>
        <div className={classes.heading}>
          <Title order={2} id="side-panel-title" ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          {subtitle}
        </div>
        <CloseButton aria-label="Close panel" onClick={onClose} />
      </Group>
      <div className={classes.body}>{children}</div>
    </aside>
  )
}

/** A dialog or an open menu, which Escape is for first. */
function isSomethingOnTop(): boolean {
  const layers = document.querySelectorAll('[role="dialog"], [role="menu"], [role="listbox"]')
  return [...layers].some((layer) => layer.checkVisibility())
}

/** A list, and beside it, while one is open, a panel. */
export function WithSidePanel({ children, panel }: { children: ReactNode; panel: ReactNode }) {
  return (
    <div className={classes.columns}>
      <div className={classes.list}>{children}</div>
      {panel}
    </div>
  )
}
