import { useNavigate } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import type { Stats, TableStats } from '../../api/types';
import { count, micros, NONE, percent, short } from '../../lib/format';
import { DataTable, Meter, type Column } from '../../parts/DataTable';
import { Panel } from '../../parts/Panel';
import { Empty } from '../../parts/States';
import { text } from '../../text';

const p99 = (table: TableStats): number => table.searches?.p99_us ?? -1;

const recallOf = (table: TableStats): number | undefined =>
  Object.values(table.recall).find((one) => one.samples > 0)?.mean;

/** The tables, the one with the slowest searches first. */
export function SlowTables(props: { stats: Stats }): JSX.Element {
  const navigate = useNavigate();
  const slowest = (): number => Math.max(1, ...props.stats.tables.map(p99));
  const columns: Column<TableStats>[] = [
    {
      name: text.columns.table,
      by: (table) => table.name,
      cell: (table) => <a href={`/console/tables/${encodeURIComponent(table.name)}`}>{table.name}</a>,
    },
    {
      name: text.columns.p99,
      isNumber: true,
      by: p99,
      cell: (table) =>
        p99(table) < 0 ? <span class="faint">{text.overview.noSearches}</span> : micros(p99(table)),
    },
    {
      name: '',
      cell: (table) => (
        <Meter
          share={Math.max(0, p99(table)) / slowest()}
          label={`${table.name}: ${micros(Math.max(0, p99(table)))}`}
        />
      ),
    },
    {
      name: text.columns.p50,
      isNumber: true,
      by: (table) => table.searches?.p50_us ?? -1,
      cell: (table) => (table.searches ? micros(table.searches.p50_us) : NONE),
    },
    {
      name: text.columns.searches,
      isNumber: true,
      by: (table) => table.searches_per_s,
      cell: (table) => short(table.searches_per_s),
    },
    {
      name: text.columns.writes,
      isNumber: true,
      by: (table) => table.upserts_per_s,
      cell: (table) => short(table.upserts_per_s),
    },
    {
      name: text.columns.recall,
      isNumber: true,
      by: (table) => recallOf(table) ?? 2,
      cell: (table) => {
        const recall = recallOf(table);
        return recall === undefined ? NONE : percent(recall);
      },
    },
    {
      name: text.columns.rows,
      isNumber: true,
      by: (table) => table.row_count,
      cell: (table) => count(table.row_count),
    },
  ];
  return (
    <Panel title={text.overview.tables} note={text.overview.tablesNote} flush>
      <Show when={props.stats.tables.length > 0} fallback={<Empty>{text.overview.noTables}</Empty>}>
        <DataTable
          label={text.overview.tables}
          columns={columns}
          rows={props.stats.tables}
          keyOf={(table) => table.name}
          order={{ column: text.columns.p99, down: true }}
          onOpen={(table) => navigate(`/console/tables/${encodeURIComponent(table.name)}`)}
        />
      </Show>
    </Panel>
  );
}
