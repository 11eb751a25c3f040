import { Show, type JSX } from 'solid-js';
import type { Figure } from '../lib/format';
import { sparkArea, sparkPath } from '../lib/spark';
import styles from './FigureTile.module.css';

const SLOTS = 90;

/** One large figure and where it came from in the last minute and a half. */
export function FigureTile(props: {
  label: string;
  figure: Figure;
  note?: string | undefined;
  tone?: 'warn' | 'bad' | undefined;
  spark?: (number | null)[];
}): JSX.Element {
  const path = (): string => sparkPath((props.spark ?? []).slice(-SLOTS), SLOTS);
  return (
    <div class={styles['tile']} classList={{ [styles[props.tone ?? ''] ?? '']: props.tone !== undefined }}>
      <div class={styles['label']}>{props.label}</div>
      <div class={`${styles['value']} num`}>
        <span>{props.figure.value}</span>
        <span class={styles['unit']}>{props.figure.unit}</span>
      </div>
      <div class={styles['note']} title={props.note}>
        {props.note}
      </div>
      <Show when={props.spark}>
        <svg class={styles['spark']} viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
          <path class={styles['area']} d={sparkArea(path())} />
          <path class={styles['line']} d={path()} />
        </svg>
      </Show>
    </div>
  );
}
