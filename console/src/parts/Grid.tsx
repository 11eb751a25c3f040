import { onMount, Show, type JSX } from 'solid-js';
import { text } from '../text';
import styles from './Grid.module.css';

/** A page: its title, what is done with it, and its areas one below the other. */
export function Page(props: {
  title: JSX.Element;
  name: string;
  side?: JSX.Element;
  children: JSX.Element;
}): JSX.Element {
  onMount(() => {
    document.title = `${props.name} · ${text.name}`;
  });
  return (
    <div class={styles['page']}>
      <div class={styles['head']}>
        <h1>{props.title}</h1>
        <Show when={props.side}>
          <div class={styles['side']}>{props.side}</div>
        </Show>
      </div>
      {props.children}
    </div>
  );
}

export const Tiles = (props: { children: JSX.Element }): JSX.Element => (
  <div class={styles['tiles']}>{props.children}</div>
);
export const Halves = (props: { children: JSX.Element }): JSX.Element => (
  <div class={styles['halves']}>{props.children}</div>
);
export const Thirds = (props: { children: JSX.Element }): JSX.Element => (
  <div class={styles['thirds']}>{props.children}</div>
);
/** Areas one below the other, beside others. */
export const Column = (props: { children: JSX.Element }): JSX.Element => (
  <div class={styles['column']}>{props.children}</div>
);
