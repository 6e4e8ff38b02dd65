import { Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'

/** Small and red, for one of several things. */
export function DeleteButton({ onClick }: { onClick: () => void }) {
  return (
    <Button size="compact-xs" variant="light" color="red" leftSection={<IconTrash size={14} aria-hidden />} onClick={onClick}>
      Delete
    </Button>
  )
}
