import { useSearchParams } from '@solidjs/router';
import { createEffect, createMemo, createSignal, on, onCleanup, Show, type JSX } from 'solid-js';
import { ask } from '../api/ask';
import { messageOf } from '../api/http';
import { search, searchExactly } from '../api/search';
import { getDistribution, sampleIds, type Distribution } from '../api/survey';
import { getRow, listTables } from '../api/tables';
import type { SearchAnswer, TableInfo } from '../api/types';
import { fieldOf, fromParameters, queryOf, toParameters, type SearchForm } from '../lib/form';
import type { Query } from '../lib/query';
import { wordsOf } from '../lib/words';
import { Page } from '../parts/Grid';
import { Panel } from '../parts/Panel';
import { Awaited, Empty, Failed } from '../parts/States';
import { text } from '../text';
import { Explained } from './search/Explained';
import { Matches } from './search/Matches';
import { RequestText } from './search/RequestText';
import { SearchFormPanel, type Wrong } from './search/SearchFormPanel';
import styles from './SearchPage.module.css';

const WORDS_SAMPLE = 500;
const ANY_OF = 512;

interface Outcome {
  query: Query;
  found: SearchAnswer;
  exact?: SearchAnswer;
}

/** The vector of a row of another table. */
async function borrow(form: SearchForm, tables: TableInfo[]): Promise<number[] | undefined> {
  if (form.by !== 'row') return undefined;
  const field = fieldOf(
    tables.find((table) => table.name === form.from),
    form.fromField,
  );
  const vector = (await getRow(form.from, form.id)).vectors?.[field];
  if (!vector) throw new Error(`${form.from}/${form.id}: no vector ${field}`);
  return vector;
}

function inWords(wrong: Wrong): Wrong {
  const { filter, vector } = wrong;
  return {
    ...(filter === undefined
      ? {}
      : { filter: filter === 'object' ? text.filter.wholeObject : text.filter.syntax(filter) }),
    ...(vector === undefined ? {} : { vector: text.search.notNumbers }),
  };
}

/** Tries a search: as asked beside exact, how it was found, and the request to take along. */
export function SearchPage(): JSX.Element {
  const tables = ask(listTables);
  return (
    <Page title={text.search.title} name={text.search.title}>
      <Awaited value={tables.value()} error={tables.error()} lines={8} onRetry={() => void tables.ask()}>
        {(list) => (
          <Show
            when={list().some((table) => Object.keys(table.vectors).length > 0)}
            fallback={<Empty>{text.search.noTables}</Empty>}
          >
            <Playground tables={list()} />
          </Show>
        )}
      </Awaited>
    </Page>
  );
}

function Playground(props: { tables: TableInfo[] }): JSX.Element {
  const [parameters, setParameters] = useSearchParams();
  const first = fromParameters(parameters);
  const searchable = props.tables.find((table) => Object.keys(table.vectors).length > 0);
  const [form, setForm] = createSignal<SearchForm>({
    ...first,
    table: first.table || (searchable?.name ?? ''),
  });
  const [outcome, setOutcome] = createSignal<Outcome>();
  const [failure, setFailure] = createSignal<string>();
  const [wrong, setWrong] = createSignal<Wrong>({});
  const [isBusy, setBusy] = createSignal(false);
  const [sample, setSample] = createSignal<Distribution>();
  const table = createMemo(() => props.tables.find((one) => one.name === form().table));
  let running = new AbortController();
  onCleanup(() => running.abort());

  createEffect(
    on(
      () => form().table,
      (name) => {
        setSample(undefined);
        getDistribution(name, WORDS_SAMPLE)
          .then(setSample)
          // Without it there are fewer words to complete with; the search itself tells what is wrong.
          .catch(() => setSample(undefined));
      },
    ),
  );

  const run = async (): Promise<void> => {
    const searched = table();
    if (!searched) return;
    running.abort();
    running = new AbortController();
    const { signal } = running;
    setBusy(true);
    setWrong({});
    setParameters({ ...toParameters(form()), run: '1' }, { replace: true });
    try {
      const made = queryOf(form(), searched, await borrow(form(), props.tables));
      if (!made.query) {
        setWrong(inWords(made.wrong ?? {}));
        return;
      }
      const found = await search(made.query, signal);
      setOutcome({ query: made.query, found });
      setFailure(undefined);
      const exact = await searchExactly(made.query, signal);
      setOutcome({ query: made.query, found, exact });
    } catch (thrown) {
      if (!signal.aborted) tell(messageOf(thrown));
    } finally {
      if (!signal.aborted) setBusy(false);
    }
  };

  /** The server's errors begin with what they are about. */
  const tell = (message: string): void => {
    const place = /^(filter|k|recall|ef|nprobe|id|dimension)\b/.exec(message)?.[1];
    if (place === 'filter' || place === 'k' || place === 'id') setWrong({ [place]: message });
    else if (place === 'dimension') setWrong({ vector: message });
    else if (place) setWrong({ value: message });
    else setFailure(message);
  };

  const random = async (): Promise<void> => {
    const name = form().by === 'row' ? form().from : form().table;
    if (!name) return;
    try {
      const ids = (await sampleIds(name, ANY_OF)).rows.map((row) => row.id);
      const id = ids[Math.floor(Math.random() * ids.length)];
      if (id !== undefined) setForm((now) => ({ ...now, id }));
      await run();
    } catch (thrown) {
      tell(messageOf(thrown));
    }
  };

  if (parameters['run'] === '1') void run();

  return (
    <div class={styles['layout']}>
      <div class={styles['side']}>
        <SearchFormPanel
          form={form()}
          tables={props.tables}
          words={wordsOf(table(), sample())}
          wrong={wrong()}
          isBusy={isBusy()}
          onChange={(change) => setForm((now) => ({ ...now, ...change }))}
          onRandom={() => void random()}
          onSubmit={() => void run()}
        />
      </div>
      <div class={styles['results']}>
        <Show when={failure()}>
          {(message) => (
            <Panel title={text.search.title}>
              <Failed message={message()} />
            </Panel>
          )}
        </Show>
        <Show
          when={outcome()}
          fallback={
            <Panel title={text.search.title}>
              <Empty>{text.search.first}</Empty>
            </Panel>
          }
        >
          {(some) => (
            <>
              <Matches found={some().found} exact={some().exact} />
              <Show when={some().found.explain}>
                {(explanation) => <Explained explanation={explanation()} />}
              </Show>
              <RequestText query={some().query} keyKind={table()?.key ?? 'string'} />
            </>
          )}
        </Show>
      </div>
    </div>
  );
}
