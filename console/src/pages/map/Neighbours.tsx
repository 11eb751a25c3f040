import { For, Show, type JSX } from 'solid-js';
import type { Match } from '../../api/types';
import { shownValue } from '../../lib/words';
import { Button } from '../../parts/Controls';
import { Panel } from '../../parts/Panel';
import { Failed, Loading } from '../../parts/States';
import { text } from '../../text';
import styles from '../MapPage.module.css';

const nameOf = (match: Match): string => {
  const first = Object.values({ ...match.fields, ...match.metadata })[0];
  return first === undefined ? match.id : shownValue(first);
};

/** The rows nearest to a chosen one, by the table's own search. */
export function Neighbours(props: {
  id: string;
  table: string;
  near: { matches?: Match[]; error?: string } | undefined;
  isShown: (id: string) => boolean;
  onChoose: (id: string | undefined) => void;
}): JSX.Element {
  const search = (): string =>
    `/console/search?${new URLSearchParams({ table: props.table, id: props.id, run: '1' })}`;
  return (
    <Panel
      title={props.id}
      side={<Button onClick={() => props.onChoose(undefined)}>{text.map.clear}</Button>}
    >
      <p class="soft small">{text.map.neighbours}</p>
      <Show when={props.near} fallback={<Loading lines={5} />}>
        {(near) => (
          <Show when={near().error === undefined} fallback={<Failed message={near().error ?? ''} />}>
            <ol class={styles['near']}>
              <For each={near().matches}>
                {(match) => (
                  <li title={props.isShown(match.id) ? text.map.shown : undefined}>
                    <span class={styles['name']}>
                      {nameOf(match)}
                      {props.isShown(match.id) ? ' •' : ''}
                    </span>
                    <span class="num faint">{match.score.toFixed(3)}</span>
                  </li>
                )}
              </For>
            </ol>
          </Show>
        )}
      </Show>
      <a href={search()}>{text.table.search}</a>
    </Panel>
  );
}
