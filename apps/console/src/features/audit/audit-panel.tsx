import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { DiffTable } from '../../ui/diff-table.tsx'
import { Facts } from '../../ui/facts.tsx'
import { ExactMoment } from '../../ui/moment.tsx'
import { EmptyNotice } from '../../ui/notices.tsx'
import { flattened } from '../../ui/object-diff.ts'
import { SidePanel } from '../../ui/side-panel.tsx'
import type { AuditRecord } from './audit-queries.ts'
import { ActorName, OutcomeBadge, operationText, TargetName } from './audit-words.tsx'

const TOKENS: Readonly<Record<AuditRecord['actor']['token'], string>> = {
  legacy: 'a password login',
  oauth: 'OAuth 2.0',
  puppet: 'an admin in the user’s name',
  personal: 'a personal access token',
  appservice: 'an application service',
  client: 'a client for itself',
  none: 'none',
}

/** One record of the audit log: who, how, with what, and what it changed. */
export function AuditPanel({ record, onClose }: { record: AuditRecord | undefined; onClose: () => void }) {
  if (!record) {
    return (
      <SidePanel title="Record" onClose={onClose}>
        <EmptyNotice title="The record is not on this page of the list">Change the filters, or go to another page.</EmptyNotice>
      </SidePanel>
    )
  }
  const { actor } = record
  return (
    <SidePanel
      key={record.id}
      title={operationText(record.operation)}
      subtitle={
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {record.operation}
        </Text>
      }
      onClose={onClose}
    >
      <Stack gap="md">
        <Facts
          entries={{
            Outcome: (
              <>
                <OutcomeBadge outcome={record.outcome} />
                {record.errcode && ` ${record.errcode}`}
                {record.status !== null && ` · status ${record.status}`}
              </>
            ),
            When: <ExactMoment ms={record.at} />,
            Who: <ActorName record={record} isLink />,
            On: record.target && <TargetName record={record} isLink />,
            'Signed in by': TOKENS[actor.token],
            'From address': actor.ip,
            With: actor.user_agent,
            Session: actor.session_id,
            Record: (
              <span style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}>
                {record.id}
                <CopyButton text={record.id} what="record ID" />
              </span>
            ),
          }}
        />
        <Part title="What was asked for">
          <RequestFacts request={record.request} />
        </Part>
        <Part title="What changed">
          <DiffTable before={record.before} after={record.after} label="What changed" />
        </Part>
      </Stack>
    </SidePanel>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={3} size="h6">
        {title}
      </Title>
      {children}
    </Stack>
  )
}

function RequestFacts({ request }: { request: Readonly<Record<string, unknown>> }) {
  const values = flattened(request)
  if (values.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing more than that.
      </Text>
    )
  }
  return <Facts entries={Object.fromEntries(values)} />
}
