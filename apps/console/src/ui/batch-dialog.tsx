import { Button, List, Progress, ScrollArea, Text } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconClock, IconLoader2, IconPlayerStop } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { formatCount } from './format.ts'
import { messageOf } from './message-of.ts'
import { type BatchItem, useBatch } from './use-batch.ts'

const STATES: Record<BatchItem['state'], { label: string; Icon: typeof IconCheck; color: string }> = {
  waiting: { label: 'waiting', Icon: IconClock, color: 'var(--mantine-color-dimmed)' },
  running: { label: 'under way', Icon: IconLoader2, color: 'var(--mantine-color-dimmed)' },
  done: { label: 'done', Icon: IconCheck, color: 'var(--mantine-color-anchor)' },
  failed: { label: 'failed', Icon: IconAlertCircle, color: 'var(--mantine-color-error)' },
  stopped: { label: 'not done', Icon: IconPlayerStop, color: 'var(--mantine-color-dimmed)' },
}

export interface BatchDialogProps {
  readonly title: string
  /** What will happen. */
  readonly children: ReactNode
  readonly confirmLabel: string
  readonly isDangerous?: boolean
  readonly typeToConfirm?: string
  readonly keys: readonly string[]
  readonly change: (key: string) => Promise<unknown>
  readonly onEnd: () => unknown
  readonly onClose: () => void
}

/** Asks before doing the same to several things, shows how each of them goes, and can be stopped on the way. */
export function BatchDialog(props: BatchDialogProps) {
  const { title, children, confirmLabel, isDangerous = false, typeToConfirm, onClose } = props
  // what is chosen on the page may change while the batch runs
  const [keys] = useState(props.keys)
  const batch = useBatch(keys, props.change, props.onEnd)
  const { items, isRunning } = batch
  if (!items) {
    return (
      <ConfirmDialog
        title={title}
        confirmLabel={confirmLabel}
        isDangerous={isDangerous}
        {...(typeToConfirm !== undefined && { typeToConfirm })}
        isPending={false}
        onConfirm={() => void batch.start()}
        onClose={onClose}
      >
        {children}
        <Keys>
          {keys.map((key) => (
            <List.Item key={key}>{key}</List.Item>
          ))}
        </Keys>
      </ConfirmDialog>
    )
  }
  const count = (state: BatchItem['state']) => items.filter((item) => item.state === state).length
  const ended = count('done') + count('failed')
  return (
    <ConfirmDialog
      title={title}
      confirmLabel="Close"
      isPending={isRunning}
      onConfirm={onClose}
      onClose={isRunning ? batch.stop : onClose}
      cancel={
        isRunning ? (
          <Button variant="default" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={batch.stop}>
            Stop
          </Button>
        ) : null
      }
    >
      <Progress value={(100 * ended) / Math.max(1, items.length)} aria-label="Progress" />
      <Text size="sm" role="status">
        {[`${formatCount(ended)} of ${formatCount(items.length)}`, ...summaryOf(count)].join(' · ')}
      </Text>
      <Keys>
        {items.map((item) => (
          <List.Item key={item.key} icon={<StateIcon state={item.state} />}>
            {item.key}
            <Text span size="xs" c="dimmed">
              {' '}
              {STATES[item.state].label}
            </Text>
            {item.state === 'failed' && (
              <Text size="xs" c="var(--mantine-color-error)">
                {messageOf(item.error)}
              </Text>
            )}
          </List.Item>
        ))}
      </Keys>
    </ConfirmDialog>
  )
}

function summaryOf(count: (state: BatchItem['state']) => number): string[] {
  return (['failed', 'stopped'] as const).filter((state) => count(state) > 0).map((state) => `${count(state)} ${STATES[state].label}`)
}

function StateIcon({ state }: { state: BatchItem['state'] }) {
  const { Icon, color } = STATES[state]
  return <Icon size={16} aria-hidden color={color} />
}

function Keys({ children }: { children: ReactNode }) {
  return (
    <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': 'All of them' }}>
      <List size="sm" spacing={2} style={{ overflowWrap: 'anywhere' }}>
        {children}
      </List>
    </ScrollArea.Autosize>
  )
}
