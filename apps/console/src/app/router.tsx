import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { auditSearch } from '../features/audit/audit-search.ts'
import { bulkSearch } from '../features/bulk/bulk-search.ts'
import { federationSearch } from '../features/federation/federation-search.ts'
import { tokensSearch } from '../features/registration-tokens/tokens-search.ts'
import { reportsSearch } from '../features/reports/reports-search.ts'
import { roomPanelSearch, roomsSearch } from '../features/rooms/rooms-search.ts'
import { startSearch } from '../features/start/start-search.ts'
import { storageSearch } from '../features/storage/storage-search.ts'
import { tasksSearch } from '../features/tasks/tasks-search.ts'
import { userPanelSearch, usersSearch } from '../features/users/users-search.ts'
import { NotFoundPage } from './not-found-page.tsx'
import type { SessionServices } from './session/context.ts'
import { Shell } from './shell.tsx'
import { CallbackFailedPage } from './sign-in/callback-page.tsx'
import { finishSignIn } from './sign-in/oauth.ts'
import { SignInPage } from './sign-in/sign-in-page.tsx'
import { signInSearch } from './sign-in/sign-in-search.ts'
import { Starting } from './starting.tsx'

const root = createRootRouteWithContext<SessionServices>()({ component: Outlet, notFoundComponent: NotFoundPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: 'sign-in',
  validateSearch: signInSearch,
  beforeLoad: ({ context, search }) => {
    if (context.store.current) throw redirect({ href: search.redirect ?? '/', replace: true })
  },
  component: SignInPage,
})

/** Where authorization servers send the browser back to. */
const callback = createRoute({
  getParentRoute: () => root,
  path: 'callback',
  loader: async ({ context }) => {
    const { session, returnTo } = await finishSignIn(new URLSearchParams(location.search))
    context.store.set(session)
    throw redirect({ href: returnTo, replace: true })
  },
  preload: false,
  pendingComponent: Starting,
  pendingMs: 0,
  errorComponent: ({ error }) => <CallbackFailedPage error={error} />,
})

/** Everything that needs a session. Without one the sign-in page comes first, and remembers where to go. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: ({ context, location: { href } }) => {
    if (!context.store.current) throw redirect({ to: '/sign-in', search: href === '/' ? {} : { redirect: href } })
  },
  component: Shell,
})

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  validateSearch: startSearch,
  component: lazyRouteComponent(() => import('../features/start/start-page.tsx'), 'StartPage'),
})

const users = createRoute({
  getParentRoute: () => signedIn,
  path: 'users',
  validateSearch: usersSearch,
  component: lazyRouteComponent(() => import('../features/users/users-page.tsx'), 'UsersPage'),
})

const user = createRoute({
  getParentRoute: () => users,
  path: '$userId',
  validateSearch: userPanelSearch,
  component: lazyRouteComponent(() => import('../features/users/user-panel.tsx'), 'UserPanel'),
})

const rooms = createRoute({
  getParentRoute: () => signedIn,
  path: 'rooms',
  validateSearch: roomsSearch,
  component: lazyRouteComponent(() => import('../features/rooms/rooms-page.tsx'), 'RoomsPage'),
})

const room = createRoute({
  getParentRoute: () => rooms,
  path: '$roomId',
  validateSearch: roomPanelSearch,
  component: lazyRouteComponent(() => import('../features/rooms/room-panel.tsx'), 'RoomPanel'),
})

const reports = createRoute({
  getParentRoute: () => signedIn,
  path: 'reports',
  validateSearch: reportsSearch,
  component: lazyRouteComponent(() => import('../features/reports/reports-page.tsx'), 'ReportsPage'),
})

const report = createRoute({
  getParentRoute: () => reports,
  path: '$reportId',
  component: lazyRouteComponent(() => import('../features/reports/report-panel.tsx'), 'ReportPanel'),
})

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: 'audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../features/audit/audit-page.tsx'), 'AuditPage'),
})

const tasks = createRoute({
  getParentRoute: () => signedIn,
  path: 'tasks',
  validateSearch: tasksSearch,
  component: lazyRouteComponent(() => import('../features/tasks/tasks-page.tsx'), 'TasksPage'),
})

const bulk = createRoute({
  getParentRoute: () => signedIn,
  path: 'bulk',
  validateSearch: bulkSearch,
  component: lazyRouteComponent(() => import('../features/bulk/bulk-page.tsx'), 'BulkPage'),
})

const registrationTokens = createRoute({
  getParentRoute: () => signedIn,
  path: 'registration-tokens',
  validateSearch: tokensSearch,
  component: lazyRouteComponent(() => import('../features/registration-tokens/tokens-page.tsx'), 'TokensPage'),
})

const federation = createRoute({
  getParentRoute: () => signedIn,
  path: 'federation',
  validateSearch: federationSearch,
  component: lazyRouteComponent(() => import('../features/federation/federation-page.tsx'), 'FederationPage'),
})

const storage = createRoute({
  getParentRoute: () => signedIn,
  path: 'storage',
  validateSearch: storageSearch,
  component: lazyRouteComponent(() => import('../features/storage/storage-page.tsx'), 'StoragePage'),
})

const about = createRoute({
  getParentRoute: () => signedIn,
  path: 'about',
  component: lazyRouteComponent(() => import('../features/about/about-page.tsx'), 'AboutPage'),
})

const routeTree = root.addChildren([
  signIn,
  callback,
  signedIn.addChildren([
    home,
    users.addChildren([user]),
    rooms.addChildren([room]),
    reports.addChildren([report]),
    tasks,
    bulk,
    registrationTokens,
    federation,
    storage,
    audit,
    about,
  ]),
])

export function createConsoleRouter(context: SessionServices) {
  return createRouter({
    routeTree,
    context,
    basepath: import.meta.env.BASE_URL,
    pathParamsAllowedCharacters: ['@', ':', '$'],
    defaultPendingComponent: Starting,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}
