import { useMediaQuery } from '@mantine/hooks'

/** Below 48em: drawer navigation, cards instead of tables, panels over the whole screen. */
export function useIsPhone(): boolean {
  return useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false })
}
