import { For, Match, Show, Switch, type JSX } from 'solid-js';
import { text } from '../text';
import { Button } from './Controls';
import styles from './States.module.css';

/** Room for what is on its way, as high as it will be. */
export function Loading(props: { lines?: number }): JSX.Element {
  return (
    <div class={styles['skeleton']} role="status" aria-label={text.states.loading}>
      <For each={Array.from({ length: props.lines ?? 4 })}>{() => <div class={styles['bar']} />}</For>
    </div>
  );
}

/** Nothing to show, and why or what to do. */
export function Empty(props: { children: JSX.Element; action?: JSX.Element }): JSX.Element {
  return (
    <div class={styles['state']}>
      <p>{props.children}</p>
      {props.action}
    </div>
  );
}

/** What went wrong, in the server's own words. */
export function Failed(props: { message: string; onRetry?: () => void }): JSX.Element {
  return (
    <div class={styles['state']} role="alert">
      <h3 class={styles['failed']}>{text.states.failed}</h3>
      <p class="mono">{props.message}</p>
      <Show when={props.onRetry}>
        <Button onClick={() => props.onRetry?.()}>{text.states.again}</Button>
      </Show>
    </div>
  );
}

/**
 * Something that is asked for: loading, failed, or there. What was there stays while it is asked for
 * again.
 */
export function Awaited<T>(props: {
  value: T | undefined;
  error?: string | undefined;
  lines?: number;
  onRetry?: () => void;
  children: (value: () => T) => JSX.Element;
}): JSX.Element {
  return (
    <Switch fallback={<Loading {...(props.lines === undefined ? {} : { lines: props.lines })} />}>
      <Match when={props.error !== undefined && props.value === undefined}>
        <Failed message={props.error ?? ''} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />
      </Match>
      <Match when={props.value !== undefined ? { value: props.value } : undefined}>
        {(some) => props.children(() => some().value as T)}
      </Match>
    </Switch>
  );
}
