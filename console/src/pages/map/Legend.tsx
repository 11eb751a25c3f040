import { For, Match, Show, Switch, type JSX } from 'solid-js';
import { GROUP_COLOURS, REST_COLOUR, type Colouring } from '../../lib/colours';
import { count, short } from '../../lib/format';
import { text } from '../../text';
import styles from '../MapPage.module.css';

/** What the colours of a map mean. */
export function Legend(props: { colouring: Colouring; others: number }): JSX.Element {
  const groups = (): Extract<Colouring, { kind: 'groups' }>['groups'] =>
    props.colouring.kind === 'groups' ? props.colouring.groups : [];
  const range = (): Extract<Colouring, { kind: 'range' }> | undefined =>
    props.colouring.kind === 'range' ? props.colouring : undefined;
  return (
    <Switch>
      <Match when={range()}>
        {(some) => (
          <div class={`${styles['legend']} num`}>
            <div class={styles['ramp']} />
            <div class={styles['ends']}>
              <span>{short(some().low)}</span>
              <span>{short(some().high)}</span>
            </div>
          </div>
        )}
      </Match>
      <Match when={groups().length > 0}>
        <ul class={`${styles['legend']} num`}>
          <For each={groups()}>
            {(group) => (
              <li class={styles['group']}>
                <span
                  class={styles['dot']}
                  style={{ background: `var(${GROUP_COLOURS[group.slot] ?? REST_COLOUR})` }}
                />
                <span>{group.value}</span>
                <span>{count(group.count)}</span>
              </li>
            )}
          </For>
          <Show when={props.others > 0}>
            <li class={styles['group']}>
              <span class={styles['dot']} style={{ background: `var(${REST_COLOUR})` }} />
              <span>{text.map.others}</span>
              <span>{count(props.others)}</span>
            </li>
          </Show>
        </ul>
      </Match>
    </Switch>
  );
}
