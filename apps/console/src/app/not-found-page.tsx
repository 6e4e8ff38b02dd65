import { Anchor, Center } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { EmptyNotice } from '../ui/notices.tsx'

export function NotFoundPage() {
  return (
    <Center component="main" mih="60dvh">
      <title>Not found · Glia</title>
      <EmptyNotice title="There is no such page">
        <Anchor renderRoot={(props) => <Link to="/" {...props} />}>Go to the overview</Anchor>
      </EmptyNotice>
    </Center>
  )
}
