import { contract } from '@glia/contract'
import { Anchor, Group } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useSignedIn } from '../app/session/index.ts'

interface TrailProps {
  readonly links: {
    readonly reports: { readonly about: string } | { readonly room: string }
    readonly audit: { readonly target: string }
    /** Whose own deeds the audit log may hold. */
    readonly deeds?: string
  }
}

/** The ways from a user or a room to what was reported about it and what was done to it, where the account may see that. */
export function Trail({ links }: TrailProps) {
  const { powers } = useSignedIn()
  const { reports, audit, deeds } = links
  const mayAudit = powers.may(contract.glia.audit.listAuditLog)
  const mayReports = powers.may(contract.glia.reports.listReports)
  if (!mayAudit && !mayReports) return null
  return (
    <Group gap="md">
      {mayReports && (
        <Anchor size="sm" renderRoot={(props) => <Link to="/reports" search={{ state: 'all', ...reports }} {...props} />}>
          Reports about it
        </Anchor>
      )}
      {mayAudit && (
        <Anchor size="sm" renderRoot={(props) => <Link to="/audit" search={audit} {...props} />}>
          What was done
        </Anchor>
      )}
      {mayAudit && deeds !== undefined && (
        <Anchor size="sm" renderRoot={(props) => <Link to="/audit" search={{ actor: deeds }} {...props} />}>
          What they did as an admin
        </Anchor>
      )}
    </Group>
  )
}
