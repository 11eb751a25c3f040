import { Show, type JSX } from 'solid-js';
import styles from './Panel.module.css';

/** A titled area of a page. */
export function Panel(props: {
  title: string;
  note?: string | undefined;
  side?: JSX.Element;
  /** Whether what is in it reaches its edges. */
  flush?: boolean;
  children: JSX.Element;
}): JSX.Element {
  return (
    <section class={styles['panel']} classList={{ [styles['flush'] ?? '']: props.flush ?? false }}>
      <header class={styles['head']}>
        <h2>{props.title}</h2>
        <Show when={props.note}>
          <span class={styles['note']}>{props.note}</span>
        </Show>
        <Show when={props.side}>
          <div class={styles['side']}>{props.side}</div>
        </Show>
      </header>
      <div class={styles['body']}>{props.children}</div>
    </section>
  );
}
