import { useSearchParams } from '@solidjs/router';
import { createEffect, For, on, onCleanup, Show, type JSX } from 'solid-js';
import { useLive } from '../../api/live';
import { watchCalls, type CallEvent } from '../../api/tails';
import { clock, count, micros } from '../../lib/format';
import { createTailList } from '../../lib/tail';
import { Button, Field, Pill, Select, type Tone } from '../../parts/Controls';
import { Panel } from '../../parts/Panel';
import { Empty } from '../../parts/States';
import { text } from '../../text';
import styles from './Tails.module.css';

const MOST = 400;
const TONES: Record<string, Tone> = {
  put: 'accent',
  update: 'accent',
  delete: 'bad',
  search: 'good',
  event: 'accent',
};
const KINDS: [string, string][] = [['', text.live.anyKind], ...Object.entries(text.live.kinds)];

/** What callers write, read and search, and what pipelines apply, as it happens. */
export function CallTail(): JSX.Element {
  const live = useLive();
  const [parameters, setParameters] = useSearchParams<{ table?: string; kind?: string }>();
  const list = createTailList<CallEvent>(MOST);
  createEffect(
    on([() => parameters.table ?? '', () => parameters.kind ?? ''], ([table, kind]) => {
      list.clear();
      const stop = watchCalls(table, kind, { items: list.add, connection: () => {} });
      onCleanup(stop);
    }),
  );
  const tables = (): [string, string][] => [
    ['', text.live.anyTable],
    ...(live.latest()?.tables ?? []).map((table): [string, string] => [table.name, table.name]),
  ];
  return (
    <Panel title={text.live.tabs.events} flush>
      <div class={styles['bar']}>
        <Field label={text.live.table}>
          {(ids) => (
            <Select
              {...ids}
              data-first
              options={tables()}
              value={parameters.table ?? ''}
              onChange={(event) => setParameters({ table: event.currentTarget.value || undefined })}
            />
          )}
        </Field>
        <Field label={text.live.kind}>
          {(ids) => (
            <Select
              {...ids}
              options={KINDS}
              value={parameters.kind ?? ''}
              onChange={(event) => setParameters({ kind: event.currentTarget.value || undefined })}
            />
          )}
        </Field>
        <Button onClick={() => list.pause(!list.isPaused())}>
          {list.isPaused() ? text.live.resume : text.live.pause}
        </Button>
        <Button onClick={() => list.clear()}>{text.live.clear}</Button>
      </div>
      <p class={`${styles['note']} num`} role="status">
        <Show when={list.skipped() > 0}>{text.live.skipped(count(list.skipped()))}</Show>
      </p>
      <div class={styles['list']} tabindex="0" role="log" aria-live="off" aria-label={text.live.tabs.events}>
        <Show when={list.items().length > 0} fallback={<Empty>{text.live.waiting}</Empty>}>
          <For each={list.items()}>{(event) => <Item event={event} />}</For>
        </Show>
      </div>
    </Panel>
  );
}

function Item(props: { event: CallEvent }): JSX.Element {
  const more = (): number => props.event.rows - props.event.ids.length;
  return (
    <div class={`${styles['item']} num`}>
      <span class="faint">{clock(props.event.time)}</span>
      <span>
        <Pill tone={TONES[props.event.kind] ?? 'plain'}>{props.event.kind}</Pill>
      </span>
      <span class={styles['cut']}>{props.event.table}</span>
      <span class={`${styles['cut']} mono`}>
        {props.event.ids.join(', ')} <Show when={more() > 0}>{text.live.more(count(more()))}</Show>
      </span>
      <span class="soft">
        {props.event.path ?? props.event.pipeline}{' '}
        {props.event.took_us === undefined ? '' : micros(props.event.took_us)}
      </span>
    </div>
  );
}
