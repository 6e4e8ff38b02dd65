import { Button, Group } from '@mantine/core'
import { IconChevronRight, IconChevronsLeft } from '@tabler/icons-react'

export interface CursorPagerProps {
  /** Whether this is not the first page. The pages before it are behind the browser's back button. */
  readonly isLater: boolean
  readonly hasNext: boolean
  readonly onFirst: () => void
  readonly onNext: () => void
}

/** For lists that only know what comes next. */
export function CursorPager({ isLater, hasNext, onFirst, onNext }: CursorPagerProps) {
  if (!isLater && !hasNext) return null
  return (
    <Group justify="flex-end" component="nav" aria-label="Pages" gap="xs">
      {isLater && (
        <Button variant="default" size="xs" leftSection={<IconChevronsLeft size={16} aria-hidden />} onClick={onFirst}>
          First page
        </Button>
      )}
      {hasNext && (
        <Button variant="default" size="xs" rightSection={<IconChevronRight size={16} aria-hidden />} onClick={onNext}>
          Next page
        </Button>
      )}
    </Group>
  )
}
