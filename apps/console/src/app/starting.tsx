import { Center } from '@mantine/core'
import { LoadingNotice } from '../ui/notices.tsx'

/** While a page comes. */
export function Starting() {
  return (
    <Center mih="40dvh">
      <LoadingNotice what="the page" />
    </Center>
  )
}
