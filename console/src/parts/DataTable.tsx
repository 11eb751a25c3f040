import { createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import styles from './DataTable.module.css';

/** A column: what it is called, what it shows, and what it is sorted by, if it can be. */
export interface Column<T> {
  name: string;
  cell(row: T): JSX.Element;
  by?(row: T): number | string;
  isNumber?: boolean;
}

export interface Order {
  column: string;
  down: boolean;
}

/** Rows side by side, sorted by any column that has an order. Rows are told apart by `keyOf`. */
export function DataTable<T>(props: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  order?: Order;
  onOpen?: (row: T) => void;
}): JSX.Element {
  const [order, setOrder] = createSignal<Order | undefined>(props.order);
  const byKey = createMemo(() => new Map(props.rows.map((row) => [props.keyOf(row), row])));
  const keys = createMemo(() => {
    const chosen = order();
    const by = props.columns.find((column) => column.name === chosen?.column)?.by;
    const rows = [...props.rows];
    if (chosen && by) {
      const sign = chosen.down ? -1 : 1;
      rows.sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0));
    }
    return rows.map(props.keyOf);
  });
  const sort = (column: Column<T>): void => {
    const now = order();
    setOrder({
      column: column.name,
      down: now?.column === column.name ? !now.down : column.isNumber === true,
    });
  };
  const direction = (column: Column<T>): 'ascending' | 'descending' | 'none' => {
    const now = order();
    return now?.column !== column.name ? 'none' : now.down ? 'descending' : 'ascending';
  };

  return (
    <div class={styles['wrap']} tabindex="0" role="region" aria-label={props.label}>
      <table class={styles['table']}>
        <thead>
          <tr>
            <For each={props.columns}>
              {(column) => (
                <th
                  classList={{ [styles['end'] ?? '']: column.isNumber === true }}
                  aria-sort={direction(column)}
                >
                  <Show when={column.by} fallback={column.name}>
                    <button type="button" class={styles['sort']} onClick={() => sort(column)}>
                      {column.name}
                      {direction(column) === 'none' ? '' : direction(column) === 'ascending' ? ' ↑' : ' ↓'}
                    </button>
                  </Show>
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={keys()}>
            {(key) => (
              <Show when={byKey().get(key)}>
                {(row) => (
                  <tr
                    classList={{ [styles['link'] ?? '']: props.onOpen !== undefined }}
                    onClick={() => props.onOpen?.(row())}
                  >
                    <For each={props.columns}>
                      {(column) => (
                        <td classList={{ [styles['end'] ?? '']: column.isNumber === true }}>
                          {column.cell(row())}
                        </td>
                      )}
                    </For>
                  </tr>
                )}
              </Show>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

/** A share of one as a thin line. */
export function Meter(props: { share: number; label: string; colour?: string }): JSX.Element {
  const width = (): number => Math.min(100, Math.max(0, props.share * 100));
  return (
    <div class={styles['meter']} role="img" aria-label={props.label} title={props.label}>
      <div
        class={styles['fill']}
        style={{ width: `${width()}%`, background: `var(${props.colour ?? '--accent'})` }}
      />
    </div>
  );
}
