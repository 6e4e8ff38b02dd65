import { type ReactNode, useState } from 'react'
import { ConfirmDialog, type ConfirmDialogProps } from './confirm-dialog.tsx'

export interface AskFirstProps extends Pick<ConfirmDialogProps, 'title' | 'children' | 'confirmLabel' | 'isDangerous'> {
  /** Draws what is pressed. */
  readonly control: (ask: () => void) => ReactNode
  /** What happens once it is confirmed: a mutation without input. */
  readonly change: {
    readonly mutate: (input: undefined, options: { onSuccess: () => void }) => void
    readonly reset: () => void
    readonly isPending: boolean
    readonly error: unknown
  }
}

/** A control that asks before something happens. The question goes away when it worked. */
export function AskFirst({ control, change, children, ...dialog }: AskFirstProps) {
  const [isAsking, setAsking] = useState(false)
  const close = () => {
    setAsking(false)
    change.reset()
  }
  return (
    <>
      {control(() => setAsking(true))}
      {isAsking && (
        <ConfirmDialog
          {...dialog}
          isPending={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate(undefined, { onSuccess: close })}
          onClose={close}
        >
          {children}
        </ConfirmDialog>
      )}
    </>
  )
}
