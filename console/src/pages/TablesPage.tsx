import { useNavigate } from '@solidjs/router';
import { createSignal, Show, type JSX } from 'solid-js';
import { ask } from '../api/ask';
import { useLive } from '../api/live';
import { listTables } from '../api/tables';
import type { TableInfo, TableStats } from '../api/types';
import { bytes, count, micros, NONE, short } from '../lib/format';
import { Button, Pill } from '../parts/Controls';
import { DataTable, Meter, type Column } from '../parts/DataTable';
import { Page } from '../parts/Grid';
import { Icon } from '../parts/Icon';
import { Panel } from '../parts/Panel';
import { Awaited, Empty } from '../parts/States';
import { text } from '../text';
import { NewTable } from './tables/NewTable';

const EVERY_MS = 3_000;
const pathOf = (name: string): string => `/console/tables/${encodeURIComponent(name)}`;

/** Every table, with how large and how busy it is. */
export function TablesPage(): JSX.Element {
  const live = useLive();
  const navigate = useNavigate();
  const tables = ask(listTables, EVERY_MS);
  const [isCreating, setCreating] = createSignal(false);

  const now = (name: string): TableStats | undefined =>
    live.latest()?.tables.find((table) => table.name === name);
  const columns: Column<TableInfo>[] = [
    {
      name: text.columns.table,
      by: (table) => table.name,
      cell: (table) => <a href={pathOf(table.name)}>{table.name}</a>,
    },
    {
      name: text.columns.rows,
      isNumber: true,
      by: (table) => table.row_count,
      cell: (table) => count(now(table.name)?.row_count ?? table.row_count),
    },
    {
      name: text.columns.bytes,
      isNumber: true,
      by: (table) => table.bytes.total,
      cell: (table) => bytes(table.bytes.total),
    },
    { name: text.columns.index, cell: (table) => <Indexes table={table} /> },
    {
      name: text.columns.delta,
      by: (table) => table.delta.rows / Math.max(1, table.delta.rows_max),
      cell: (table) => (
        <Meter
          share={table.delta.rows / Math.max(1, table.delta.rows_max)}
          label={text.tables.deltaOf(count(table.delta.rows), count(table.delta.rows_max))}
        />
      ),
    },
    {
      name: text.columns.versions,
      cell: (table) => table.versions.map((version) => `${version.name} ${version.state}`).join(', '),
    },
    {
      name: text.columns.searches,
      isNumber: true,
      by: (table) => now(table.name)?.searches_per_s ?? 0,
      cell: (table) => short(now(table.name)?.searches_per_s ?? 0),
    },
    {
      name: text.columns.p99,
      isNumber: true,
      by: (table) => now(table.name)?.searches?.p99_us ?? -1,
      cell: (table) => {
        const search = now(table.name)?.searches;
        return search ? micros(search.p99_us) : NONE;
      },
    },
  ];

  const create = (
    <Button look="main" onClick={() => setCreating(true)}>
      <Icon name="plus" size={16} /> {text.tables.create}
    </Button>
  );

  return (
    <Page title={text.tables.title} name={text.tables.title} side={create}>
      <Panel title={text.tables.title} note={String(tables.value()?.length ?? '')} flush>
        <Awaited value={tables.value()} error={tables.error()} onRetry={() => void tables.ask()}>
          {(list) => (
            <Show when={list().length > 0} fallback={<Empty action={create}>{text.tables.none}</Empty>}>
              <DataTable
                label={text.tables.title}
                columns={columns}
                rows={list()}
                keyOf={(table) => table.name}
                order={{ column: text.columns.table, down: false }}
                onOpen={(table) => navigate(pathOf(table.name))}
              />
            </Show>
          )}
        </Awaited>
      </Panel>
      <Show when={isCreating()}>
        <NewTable
          onClose={() => setCreating(false)}
          onCreated={(name) => {
            setCreating(false);
            navigate(pathOf(name));
          }}
        />
      </Show>
    </Page>
  );
}

function Indexes(props: { table: TableInfo }): JSX.Element {
  const all = (): [string, TableInfo['indexes'][string]][] => Object.entries(props.table.indexes);
  return (
    <Show when={all().length > 0} fallback={<span class="faint">{text.tables.noVectors}</span>}>
      {all().map(([field, index]) => (
        <span title={field}>
          {index.kind} <Pill tone={index.state === 'ready' ? 'good' : 'accent'}>{index.state}</Pill>{' '}
        </span>
      ))}
    </Show>
  );
}
