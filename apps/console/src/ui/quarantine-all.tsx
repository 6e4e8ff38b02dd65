import { Button, Text } from '@mantine/core'
import { AskFirst, type AskFirstProps } from './ask-first.tsx'

/** Takes all files of somebody or something from everyone's sight, once that is confirmed. @param props.children who cannot see what any more */
export function QuarantineAll({ title, change, children }: Pick<AskFirstProps, 'title' | 'change' | 'children'>) {
  return (
    <AskFirst
      title={title}
      confirmLabel="Quarantine all"
      isDangerous
      change={change}
      control={(ask) => (
        <Button variant="light" color="red" size="xs" onClick={ask}>
          Quarantine all
        </Button>
      )}
    >
      <Text size="sm">{children} Files that are protected stay visible.</Text>
    </AskFirst>
  )
}
