import { createEffect, createMemo, createSignal, on, onCleanup, Show, type JSX } from 'solid-js';
import { useSearchParams } from '@solidjs/router';
import { ask } from '../../api/ask';
import { messageOf } from '../../api/http';
import { allRows, matchingRows, type AnyRows, type MatchingRows, type RowSource } from '../../api/rows';
import { getDistribution } from '../../api/survey';
import type { Row, TableInfo } from '../../api/types';
import { parseFilter } from '../../lib/filterText';
import { count } from '../../lib/format';
import { shownValue, wordsOf } from '../../lib/words';
import { Button, Field, Input } from '../../parts/Controls';
import { FilterInput } from '../../parts/FilterInput';
import { Panel } from '../../parts/Panel';
import { Empty, Loading } from '../../parts/States';
import { VirtualRows, type RowColumn } from '../../parts/VirtualRows';
import { text } from '../../text';
import { RowDialog } from './RowDialog';
import styles from './RowsTab.module.css';

const FIELDS_MOST = 5;
const SETTLE_MS = 350;
const WORDS_SAMPLE = 500;

function columnsOf(table: TableInfo): RowColumn<Row>[] {
  const fields = Object.keys(table.fields).slice(0, FIELDS_MOST);
  return [
    {
      name: text.columns.id,
      width: 'minmax(7rem, 1.2fr)',
      cell: (row) => <span class="mono">{row.id}</span>,
    },
    ...fields.map((name): RowColumn<Row> => ({
      name,
      width: 'minmax(0, 1fr)',
      cell: (row) => shownValue(row.fields?.[name]),
    })),
    {
      name: text.columns.metadata,
      width: 'minmax(0, 1.6fr)',
      cell: (row) => (
        <span class="faint">
          {Object.entries(row.metadata ?? {})
            .map(([name, value]) => `${name}: ${shownValue(value)}`)
            .join(' · ')}
        </span>
      ),
    },
    {
      name: text.columns.version,
      width: '5.5rem',
      cell: (row) => <span class="num faint">{count(row.version)}</span>,
    },
  ];
}

/** The rows of a table: all of them, or those that a filter lets pass. */
export function RowsTab(props: { table: TableInfo }): JSX.Element {
  // The table's figures go on changing; the rows are looked at as it was when they were asked for.
  const table = props.table;
  const [search, setSearch] = useSearchParams<{ filter?: string }>();
  const [filterText, setFilterText] = createSignal(search.filter ?? '');
  const [all, setAll] = createSignal<AnyRows>();
  const [matching, setMatching] = createSignal<MatchingRows>();
  const [failure, setFailure] = createSignal<string>();
  const [opened, setOpened] = createSignal<Row>();
  const [goto, setGoto] = createSignal<{ index: number }>();
  const distribution = ask(() => getDistribution(table.name, WORDS_SAMPLE));
  const parsed = createMemo(() => parseFilter(filterText()));
  const source = (): RowSource | undefined => (parsed().filter === undefined ? all() : matching());
  let looking = new AbortController();

  allRows(table)
    .then(setAll)
    .catch((thrown: unknown) => setFailure(messageOf(thrown)));

  createEffect(
    on(parsed, ({ filter, error }) => {
      const timer = setTimeout(() => {
        looking.abort();
        looking = new AbortController();
        if (error === undefined) {
          setSearch({ filter: filterText() || undefined }, { replace: true });
          setMatching(filter === undefined ? undefined : matchingRows(table, filter, looking.signal));
        }
      }, SETTLE_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );
  onCleanup(() => looking.abort());

  const filterError = (): string | undefined => {
    const { error } = parsed();
    if (error !== undefined) return error === 'object' ? text.filter.wholeObject : text.filter.syntax(error);
    return matching()?.error();
  };
  const go = async (id: string): Promise<void> => {
    const rows = all();
    if (rows && id.trim() && parsed().filter === undefined) {
      const index = await rows.find(id.trim()).catch(() => 0);
      setGoto({ index });
    }
  };

  return (
    <Panel title={text.rows.label} flush>
      <div class={styles['bar']}>
        <Field label={text.rows.filter} hint={text.rows.filterHint} error={filterError()}>
          {(ids) => (
            <FilterInput
              id={ids.id}
              describedBy={ids['aria-describedby']}
              invalid={ids['aria-invalid']}
              value={filterText()}
              words={wordsOf(table, distribution.value())}
              placeholder={text.rows.filterPlaceholder}
              onInput={setFilterText}
            />
          )}
        </Field>
        <Field label={text.rows.goto}>
          {(ids) => (
            <Input
              {...ids}
              disabled={parsed().filter !== undefined}
              onKeyDown={(event) => {
                if (event.key === 'Enter') void go(event.currentTarget.value);
              }}
            />
          )}
        </Field>
      </div>
      <Note matching={matching()} rows={all()} failure={failure()} />
      <Show when={source()} fallback={<Loading lines={12} />}>
        {(rows) => (
          <Show
            when={rows().count() > 0 || matching()?.isLooking()}
            fallback={<Empty>{matching() ? text.rows.noMatch : text.rows.none}</Empty>}
          >
            <VirtualRows
              label={text.rows.label}
              count={rows().count()}
              columns={columnsOf(table)}
              row={(index) => rows().row(index)}
              onSee={(first, last) => rows().see(first, last)}
              onOpen={setOpened}
              goto={goto()}
            />
          </Show>
        )}
      </Show>
      <Show when={opened()}>
        {(row) => (
          <RowDialog
            table={table.name}
            row={row()}
            hasVectors={Object.keys(table.vectors).length > 0}
            onClose={() => setOpened(undefined)}
          />
        )}
      </Show>
    </Panel>
  );
}

function Note(props: {
  matching: MatchingRows | undefined;
  rows: AnyRows | undefined;
  failure: string | undefined;
}): JSX.Element {
  const found = (): string => count(props.matching?.count() ?? 0);
  const error = (): string | undefined => props.failure ?? props.rows?.error();
  return (
    <div class={`${styles['note']} num`} role="status">
      <Show when={error() === undefined} fallback={<span class={styles['error']}>{error()}</span>}>
        <Show when={props.matching} fallback={text.rows.all(count(props.rows?.count() ?? 0))}>
          {(matching) => (
            <>
              {matching().isAtEnd() ? text.rows.matchingAll(found()) : text.rows.matching(found())}
              <Show when={!matching().isAtEnd()}>
                <Button disabled={matching().isLooking()} onClick={() => void matching().more()}>
                  {matching().isLooking() ? text.rows.looking : text.rows.more}
                </Button>
              </Show>
            </>
          )}
        </Show>
      </Show>
    </div>
  );
}
