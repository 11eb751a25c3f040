import { For, type JSX } from 'solid-js';
import styles from './Bars.module.css';

/** Counts in equal parts of a range. */
export function Bins(props: { label: string; counts: number[]; low: string; high: string }): JSX.Element {
  const most = (): number => Math.max(1, ...props.counts);
  return (
    <div role="img" aria-label={props.label}>
      <div class={styles['bins']}>
        <For each={props.counts}>
          {(count) => (
            <div
              class={styles['bin']}
              style={{ height: `${(100 * count) / most()}%` }}
              title={String(count)}
            />
          )}
        </For>
      </div>
      <div class={`${styles['ends']} num`}>
        <span>{props.low}</span>
        <span>{props.high}</span>
      </div>
    </div>
  );
}

/** Names with their shares of a whole, the largest first. */
export function Tops(props: { rows: { name: string; share: number; value: string }[] }): JSX.Element {
  return (
    <ul class={styles['tops']}>
      <For each={props.rows}>
        {(row) => (
          <li class={styles['top']}>
            <span class={styles['fill']} style={{ width: `${Math.min(100, row.share * 100)}%` }} />
            <span class={styles['name']}>{row.name}</span>
            <span class={`${styles['value']} num`}>{row.value}</span>
          </li>
        )}
      </For>
    </ul>
  );
}
