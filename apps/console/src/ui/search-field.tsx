import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

const DELAY_MS = 300

/** A search that is made while typing, after a short pause. `hasLabel`: the label stands above it, not in it. */
export function SearchField(props: { label: string; hasLabel?: boolean; value: string; onSearch: (text: string) => void }) {
  const { label, hasLabel = false, value, onSearch } = props
  const [text, setText] = useState(value)
  const search = useDebouncedCallback(onSearch, DELAY_MS)
  // the address may change without this field: back button, links
  useEffect(() => setText(value), [value])
  const change = (next: string) => {
    setText(next)
    search(next.trim())
  }
  return (
    <TextInput
      type="search"
      {...(hasLabel ? { label } : { 'aria-label': label, placeholder: label })}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text === '' ? undefined : <CloseButton size="sm" aria-label="Clear search" onClick={() => change('')} />}
      autoComplete="off"
      spellCheck={false}
      flex="1 1 16rem"
      maw="26rem"
    />
  )
}
