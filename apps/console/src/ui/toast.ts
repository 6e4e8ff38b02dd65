import { notifications } from '@mantine/notifications'
import { messageOf } from './message-of.ts'

export function toastDone(message: string): void {
  notifications.show({ message, color: 'teal', withBorder: true, role: 'status', closeButtonProps: { 'aria-label': 'Dismiss' } })
}

export function toastFailed(title: string, error: unknown): void {
  notifications.show({
    title,
    message: messageOf(error),
    color: 'red',
    withBorder: true,
    autoClose: 10_000,
    closeButtonProps: { 'aria-label': 'Dismiss' },
  })
}
