import { createTheme, type MantineColorsTuple, Modal } from '@mantine/core'

/** Deep teal. White text on shade 8 and text of shade 8 on white have a contrast above 4.5. */
const teal: MantineColorsTuple = [
  '#e6f7f6',
  '#d0ecea',
  '#a1d9d6',
  '#6ec5c1',
  '#45b4af',
  '#2ba9a4',
  '#1c9d98',
  '#0e8884',
  '#0c7572',
  '#055f5d',
]

export const theme = createTheme({
  colors: { teal },
  primaryColor: 'teal',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Code", "DejaVu Sans Mono", "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
  components: { Modal: Modal.extend({ styles: { title: { fontWeight: 650 } } }) },
})
