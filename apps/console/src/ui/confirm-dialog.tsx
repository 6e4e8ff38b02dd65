import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { ErrorNotice } from './notices.tsx'
import { useIsPhone } from './use-is-phone.ts'

export interface ConfirmDialogProps {
  readonly title: string
  readonly children: ReactNode
  readonly confirmLabel: string
  readonly isDangerous?: boolean
  /** For what cannot be undone: this text must be typed before one can confirm. */
  readonly typeToConfirm?: string
  readonly isPending: boolean
  readonly error?: unknown
  /** In place of the button that cancels; `null`: none. */
  readonly cancel?: ReactNode
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks before something happens. It stays open while the request runs and when it fails. Mount it while it is open. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirmLabel, isDangerous = false, typeToConfirm, isPending, error, cancel, onConfirm, onClose } = props
  const [typed, setTyped] = useState('')
  const isPhone = useIsPhone()
  useFocusReturn()
  const mayConfirm = typeToConfirm === undefined || typed.trim() === typeToConfirm
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (mayConfirm && !isPending) onConfirm()
  }
  return (
    <Modal.Root opened onClose={onClose} centered={!isPhone} size="md" transitionProps={{ duration: 100 }}>
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content>
        {/* the page has its banner already */}
        <Modal.Header role="none">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </Modal.Header>
        <Modal.Body>
          <form onSubmit={submit}>
            <Stack gap="md">
              {children}
              {typeToConfirm !== undefined && (
                <TextInput
                  label={`Type “${typeToConfirm}” to confirm`}
                  value={typed}
                  onChange={(event) => setTyped(event.currentTarget.value)}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                />
              )}
              {error !== undefined && error !== null && <ErrorNotice title="This did not work" error={error} />}
              <Group justify="flex-end" gap="sm">
                {cancel === undefined ? (
                  <Button variant="default" onClick={onClose}>
                    Cancel
                  </Button>
                ) : (
                  cancel
                )}
                <Button type="submit" color={isDangerous ? 'red.8' : 'teal'} disabled={!mayConfirm} loading={isPending}>
                  {confirmLabel}
                </Button>
              </Group>
            </Stack>
          </form>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

/** Gives the focus back to what had it before. Mantine does so only for dialogs that stay mounted. */
function useFocusReturn(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) requestAnimationFrame(() => before.focus())
    },
    [before],
  )
}
