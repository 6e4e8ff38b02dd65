import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './ui/ui.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './app/query-client.ts'
import { createConsoleRouter } from './app/router.tsx'
import { SessionServicesContext } from './app/session/context.ts'
import { SessionStore } from './app/session/session-store.ts'
import { TokenKeeper } from './app/session/token-keeper.ts'
import { theme } from './ui/theme.ts'

const store = new SessionStore(localStorage, window)
const keeper = new TokenKeeper(store, { locks: navigator.locks })
const queryClient = createQueryClient(store)
const router = createConsoleRouter({ store, keeper })

// whoever signs in next must not see what the one before was answered
store.subscribe(() => {
  if (!store.current) queryClient.clear()
})

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <SessionServicesContext value={{ store, keeper }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
          <Notifications position="bottom-right" />
        </QueryClientProvider>
      </SessionServicesContext>
    </MantineProvider>
  </StrictMode>,
)
