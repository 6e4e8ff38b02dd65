import { ActionIcon, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { copyText } from './copy-text.ts'

const FEEDBACK_MS = 2000

/** Copies `text`, and says whether it did. `what` completes "Copy …". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'failed'>()
  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(undefined), FEEDBACK_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  const label = outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Could not copy' : `Copy ${what}`
  const Icon = outcome === 'copied' ? IconCheck : outcome === 'failed' ? IconAlertTriangle : IconCopy
  return (
    <Tooltip label={label} withArrow {...(outcome && { opened: true })}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="md"
        aria-label={`Copy ${what}`}
        onClick={async () => setOutcome((await copyText(text)) ? 'copied' : 'failed')}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
