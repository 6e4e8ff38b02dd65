import type { BodyOf, contract } from '@glia/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useSignedIn } from '../../app/session/index.ts'
import { toastFailed } from '../../ui/toast.ts'
import { reportsKey } from './report-queries.ts'

export type ReportChange = BodyOf<typeof contract.glia.reports.updateReport>

/** A change to a report: afterwards everything about reports is asked for anew. Failures are told in a toast unless `isToldElsewhere`. */
export function useReportChange(reportId: number, options: { isToldElsewhere?: boolean } = {}) {
  const { client } = useSignedIn()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: ReportChange) => client.glia.reports.updateReport({ params: { report_id: String(reportId) }, body }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: reportsKey }),
    onError: (error) => {
      if (!options.isToldElsewhere) toastFailed('The report was not changed', error)
    },
  })
}
