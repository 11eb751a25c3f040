import { useNavigate, useParams, useSearchParams } from '@solidjs/router';
import { createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { ask } from '../api/ask';
import { messageOf } from '../api/http';
import { useLive } from '../api/live';
import { dropTable, getTable } from '../api/tables';
import { foldTable, watchTasks } from '../api/tasks';
import type { TableInfo } from '../api/types';
import { count } from '../lib/format';
import { Confirm } from '../parts/Confirm';
import { Button } from '../parts/Controls';
import { Page } from '../parts/Grid';
import { Icon } from '../parts/Icon';
import { Awaited } from '../parts/States';
import { Tabs } from '../parts/Tabs';
import { text } from '../text';
import { RowsTab } from './table/RowsTab';
import { StateTab } from './table/StateTab';
import { ValuesTab } from './table/ValuesTab';

const EVERY_MS = 2_000;
const TABS = Object.entries(text.table.tabs) as [keyof typeof text.table.tabs, string][];

/** One table: what it is, what its values are, its rows. */
export function TablePage(): JSX.Element {
  const params = useParams<{ name: string }>();
  const name = decodeURIComponent(params.name);
  const live = useLive();
  const { tasks } = watchTasks();
  const [search, setSearch] = useSearchParams<{ tab?: string }>();
  const table = ask(() => getTable(name), EVERY_MS);
  const tab = (): (typeof TABS)[number][0] => TABS.find(([key]) => key === search.tab)?.[0] ?? 'state';

  return (
    <Page title={name} name={name} side={<Actions name={name} table={table.value()} />}>
      <Tabs
        label={name}
        tabs={TABS}
        value={tab()}
        onChange={(value) => setSearch({ tab: value === 'state' ? undefined : value })}
      />
      <Awaited value={table.value()} error={table.error()} lines={10} onRetry={() => void table.ask()}>
        {(some) => (
          <Switch>
            <Match when={tab() === 'state'}>
              <StateTab table={some()} stats={live.latest()} tasks={tasks() ?? []} />
            </Match>
            <Match when={tab() === 'values'}>
              <ValuesTab table={name} />
            </Match>
            <Match when={tab() === 'rows'}>
              <RowsTab table={some()} />
            </Match>
          </Switch>
        )}
      </Awaited>
    </Page>
  );
}

function Actions(props: { name: string; table: TableInfo | undefined }): JSX.Element {
  const navigate = useNavigate();
  const [isDropping, setDropping] = createSignal(false);
  const [isBusy, setBusy] = createSignal(false);
  const [message, setMessage] = createSignal<string>();
  const hasVectors = (): boolean => Object.keys(props.table?.vectors ?? {}).length > 0;
  const query = (): string => new URLSearchParams({ table: props.name }).toString();

  const during = async (work: () => Promise<string | undefined>): Promise<void> => {
    setBusy(true);
    try {
      setMessage(await work());
    } catch (thrown) {
      setMessage(messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const fold = (): Promise<void> =>
    during(async () => text.table.folded(count((await foldTable(props.name)).row_count)));
  const drop = (): Promise<void> =>
    during(async () => {
      await dropTable(props.name);
      navigate('/console/tables');
      return undefined;
    });

  return (
    <>
      <span class="small soft" role="status">
        {message()}
      </span>
      <Show when={hasVectors()}>
        <a href={`/console/search?${query()}`}>{text.table.search}</a>
        <a href={`/console/map?${query()}`}>{text.table.map}</a>
      </Show>
      <Button disabled={isBusy()} onClick={() => void fold()}>
        {isBusy() ? text.table.folding : text.table.fold}
      </Button>
      <Button look="danger" onClick={() => setDropping(true)}>
        <Icon name="trash" size={15} /> {text.table.drop}
      </Button>
      <Show when={isDropping()}>
        <Confirm
          title={text.table.dropTitle(props.name)}
          word={props.name}
          label={text.table.dropConfirm(props.name)}
          submit={text.table.dropSubmit}
          error={message()}
          isBusy={isBusy()}
          onSubmit={() => void drop()}
          onClose={() => setDropping(false)}
        >
          {text.table.dropText(count(props.table?.row_count ?? 0))}
        </Confirm>
      </Show>
    </>
  );
}
