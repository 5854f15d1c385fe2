/** Which address shows which screen. Screens are loaded when they are first gone to. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";

import { NotFound } from "./NotFound";
import { RouteFailure } from "./RouteFailure";
import { sessionQuery } from "./session";

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

/** Screens for whoever is signed in, inside the frame. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery);
    // oxlint-disable-next-line typescript/only-throw-error -- how the router is told
    if (session === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
  },
  component: lazyRouteComponent(() => import("./shell/Shell"), "Shell"),
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    // oxlint-disable-next-line typescript/only-throw-error -- how the router is told
    throw redirect({ to: "/workflows" });
  },
});

const workflows = createRoute({
  getParentRoute: () => inside,
  path: "/workflows",
  validateSearch: (search: Record<string, unknown>): { q?: string; tag?: string; folder?: string; state?: string } =>
    texts(search, "q", "tag", "folder", "state"),
  component: lazyRouteComponent(() => import("@/screens/workflows/Workflows"), "Workflows"),
});

const editor = createRoute({
  getParentRoute: () => inside,
  path: "/workflows/$workflow",
  validateSearch: (search: Record<string, unknown>): { from?: string; node?: string; param?: string; execution?: string } =>
    texts(search, "from", "node", "param", "execution"),
  component: lazyRouteComponent(() => import("@/editor/Editor"), "Editor"),
});

const executions = createRoute({
  getParentRoute: () => inside,
  path: "/executions",
  validateSearch: (search: Record<string, unknown>): { status?: string; workflow?: string; tag?: string; error?: string; since?: string } =>
    texts(search, "status", "workflow", "tag", "error", "since"),
  component: lazyRouteComponent(() => import("@/screens/executions/Executions"), "Executions"),
});

const execution = createRoute({
  getParentRoute: () => inside,
  path: "/executions/$execution",
  component: lazyRouteComponent(() => import("@/screens/executions/Execution"), "Execution"),
});

const credentials = createRoute({
  getParentRoute: () => inside,
  path: "/credentials",
  component: lazyRouteComponent(() => import("@/screens/credentials/Credentials"), "Credentials"),
});

const variables = createRoute({
  getParentRoute: () => inside,
  path: "/variables",
  component: lazyRouteComponent(() => import("@/screens/variables/Variables"), "Variables"),
});

const members = createRoute({
  getParentRoute: () => inside,
  path: "/members",
  component: lazyRouteComponent(() => import("@/screens/members/Members"), "Members"),
});

const keys = createRoute({
  getParentRoute: () => inside,
  path: "/keys",
  component: lazyRouteComponent(() => import("@/screens/keys/Keys"), "Keys"),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  component: lazyRouteComponent(() => import("@/screens/audit/Audit"), "Audit"),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  validateSearch: (search: Record<string, unknown>): { tab?: string } => texts(search, "tab"),
  component: lazyRouteComponent(() => import("@/screens/settings/Settings"), "Settings"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } => texts(search, "to"),
  beforeLoad: async ({ context, search }) => {
    // Signed in already, in another tab perhaps: there is nothing to ask.
    const session = await context.queries.fetchQuery(sessionQuery);
    // oxlint-disable-next-line typescript/only-throw-error -- how the router is told
    if (session !== null) throw redirect({ href: search.to ?? "/workflows" });
  },
  component: lazyRouteComponent(() => import("@/screens/entry/SignIn"), "SignIn"),
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("@/screens/entry/SetUp"), "SetUp"),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("@/screens/entry/Invitation"), "Invitation"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: lazyRouteComponent(() => import("@/screens/entry/Reset"), "Reset"),
});

const tree = root.addChildren([
  inside.addChildren([home, workflows, editor, executions, execution, credentials, variables, members, keys, audit, settings]),
  signIn,
  setUp,
  invitation,
  reset,
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: RouteFailure,
    scrollRestoration: true,
  });
}

/** The texts among what stands behind the question mark, by name. */
function texts<K extends string>(search: Record<string, unknown>, ...names: K[]): Partial<Record<K, string>> {
  const out: Partial<Record<K, string>> = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === "string" || typeof value === "number") out[name] = String(value);
  }
  return out;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
