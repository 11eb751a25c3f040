import { Route, Router, useNavigate, useParams, type RouteSectionProps } from '@solidjs/router';
import {
  createResource,
  createSignal,
  ErrorBoundary,
  lazy,
  onCleanup,
  Show,
  Suspense,
  type Component,
  type JSX,
} from 'solid-js';
import { createLive, LiveProvider, useLive } from './api/live';
import type { Connection } from './api/stream';
import { listTables } from './api/tables';
import { bindKeys, type Shortcut } from './lib/keymap';
import { pipelinePath } from './lib/pipelines';
import { toggleTheme } from './lib/theme';
import { OverviewPage } from './pages/OverviewPage';
import { Button, type Tone } from './parts/Controls';
import { KeyHelp } from './parts/KeyHelp';
import { Palette, type Destination } from './parts/Palette';
import { Shell, type NavItem } from './parts/Shell';
import { Empty, Loading } from './parts/States';
import { text } from './text';

const PAGES: (NavItem & { key: string })[] = [
  { path: '/', name: text.nav.overview, icon: 'overview', key: 'o' },
  { path: '/console/tables', name: text.nav.tables, icon: 'tables', key: 't' },
  { path: '/console/search', name: text.nav.search, icon: 'search', key: 's' },
  { path: '/console/map', name: text.nav.map, icon: 'map', key: 'm' },
  { path: '/console/pipelines', name: text.nav.pipelines, icon: 'pipelines', key: 'p' },
  { path: '/console/tasks', name: text.nav.tasks, icon: 'tasks', key: 'k' },
  { path: '/console/live', name: text.nav.live, icon: 'live', key: 'l' },
];

const TONES: Record<Connection, Tone> = { connecting: 'plain', live: 'good', lost: 'bad' };

const focusFirst = (): void => document.querySelector<HTMLElement>('main [data-first], main input')?.focus();

/** What every page stands in. A page that breaks leaves the rest whole. */
function Frame(props: RouteSectionProps): JSX.Element {
  const live = useLive();
  const navigate = useNavigate();
  const [open, setOpen] = createSignal<'palette' | 'keys'>();
  const [tables] = createResource(open, async () =>
    (await listTables().catch(() => [])).map((table) => table.name),
  );

  const shortcuts: Shortcut[] = [
    ...PAGES.map((page) => ({
      keys: `g ${page.key}`,
      what: text.keys.goto(page.name),
      run: () => navigate(page.path),
    })),
    { keys: 'mod+k', what: text.keys.palette, run: () => setOpen('palette') },
    { keys: '/', what: text.keys.filter, run: focusFirst },
    { keys: 't', what: text.keys.theme, run: toggleTheme },
    { keys: '?', what: text.keys.help, run: () => setOpen('keys') },
  ];
  const more = [
    { keys: 'mod+Enter', what: text.keys.run },
    { keys: '↑ ↓', what: text.keys.move },
    { keys: 'Enter', what: text.keys.open },
    { keys: 'Esc', what: text.keys.close },
  ];
  onCleanup(bindKeys(() => shortcuts));

  const destinations = (): Destination[] => [
    ...PAGES.map(({ name, path }) => ({ name, path, kind: text.palette.page })),
    ...(tables.latest ?? []).map((name) => ({
      name,
      path: `/console/tables/${encodeURIComponent(name)}`,
      kind: text.palette.table,
    })),
    ...(live.latest()?.pipelines ?? []).map(({ name }) => ({
      name,
      path: pipelinePath(name),
      kind: text.palette.pipeline,
    })),
  ];

  return (
    <Shell
      items={PAGES}
      state={{ tone: TONES[live.connection()], word: text.connection[live.connection()] }}
      onPalette={() => setOpen('palette')}
    >
      <ErrorBoundary fallback={(error: unknown) => <Broken error={error} />}>
        <Suspense fallback={<Loading />}>{props.children}</Suspense>
      </ErrorBoundary>
      <Show when={open() === 'palette'}>
        <Palette
          destinations={destinations()}
          onGo={(path) => {
            setOpen(undefined);
            navigate(path);
          }}
          onClose={() => setOpen(undefined)}
        />
      </Show>
      <Show when={open() === 'keys'}>
        <KeyHelp shortcuts={[...shortcuts, ...more]} onClose={() => setOpen(undefined)} />
      </Show>
    </Shell>
  );
}

function Broken(props: { error: unknown }): JSX.Element {
  return (
    <Empty action={<Button onClick={() => location.reload()}>{text.states.reload}</Button>}>
      {text.states.broken} <code>{String(props.error)}</code>
    </Empty>
  );
}

function NotFound(): JSX.Element {
  return (
    <Empty>
      {text.states.notFound} <a href="/">{text.states.home}</a>
    </Empty>
  );
}

const TablesPage = lazy(async () => ({ default: (await import('./pages/TablesPage')).TablesPage }));
const TablePage = lazy(async () => ({ default: (await import('./pages/TablePage')).TablePage }));
const SearchPage = lazy(async () => ({ default: (await import('./pages/SearchPage')).SearchPage }));
const MapPage = lazy(async () => ({ default: (await import('./pages/MapPage')).MapPage }));
const PipelinesPage = lazy(async () => ({ default: (await import('./pages/PipelinesPage')).PipelinesPage }));
const PipelinePage = lazy(async () => ({ default: (await import('./pages/PipelinePage')).PipelinePage }));
const TasksPage = lazy(async () => ({ default: (await import('./pages/TasksPage')).TasksPage }));
const LivePage = lazy(async () => ({ default: (await import('./pages/LivePage')).LivePage }));

/** Another name is another page: nothing of the one before is kept. */
function byName(NamedPage: Component): Component {
  return () => {
    const params = useParams<{ name: string }>();
    return (
      <Show when={params.name} keyed>
        <NamedPage />
      </Show>
    );
  };
}

/** The whole console. */
export function App(): JSX.Element {
  return (
    <LiveProvider value={createLive()}>
      <Router root={Frame}>
        <Route path="/" component={OverviewPage} />
        <Route path="/console/tables" component={TablesPage} />
        <Route path="/console/tables/:name" component={byName(TablePage)} />
        <Route path="/console/search" component={SearchPage} />
        <Route path="/console/map" component={MapPage} />
        <Route path="/console/pipelines" component={PipelinesPage} />
        <Route path="/console/pipelines/:name" component={byName(PipelinePage)} />
        <Route path="/console/tasks" component={TasksPage} />
        <Route path="/console/live" component={LivePage} />
        <Route path="*" component={NotFound} />
      </Router>
    </LiveProvider>
  );
}
