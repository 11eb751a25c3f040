import { useSearchParams } from '@solidjs/router';
import { createEffect, createSignal, For, on, onCleanup, Show, type JSX } from 'solid-js';
import { watchLog, type LogLine } from '../../api/tails';
import { clock, count } from '../../lib/format';
import { createTailList } from '../../lib/tail';
import { Button, Field, Input, Pill, Select, type Tone } from '../../parts/Controls';
import { Panel } from '../../parts/Panel';
import { Empty } from '../../parts/States';
import { text } from '../../text';
import styles from './Tails.module.css';

const MOST = 1_000;
const SETTLE_MS = 300;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'];
const TONES: Record<LogLine['level'], Tone> = {
  trace: 'plain',
  debug: 'plain',
  info: 'accent',
  warn: 'warn',
  error: 'bad',
};

/** What the process logs, its last lines and those to come. */
export function LogTail(): JSX.Element {
  const [parameters, setParameters] = useSearchParams<{ level?: string; text?: string }>();
  const [isLost, setLost] = createSignal(false);
  const list = createTailList<LogLine>(MOST);
  createEffect(
    on([() => parameters.level ?? 'info', () => parameters.text ?? ''], ([level, word]) => {
      const listener = { items: list.add, connection: (state: string) => setLost(state === 'lost') };
      let stop = (): void => {};
      const timer = setTimeout(() => {
        list.clear();
        stop = watchLog(level, word, listener);
      }, SETTLE_MS);
      onCleanup(() => {
        clearTimeout(timer);
        stop();
      });
    }),
  );
  return (
    <Panel title={text.live.tabs.logs} flush>
      <div class={styles['bar']}>
        <Field label={text.live.level}>
          {(ids) => (
            <Select
              {...ids}
              data-first
              options={LEVELS}
              value={parameters.level ?? 'info'}
              onChange={(event) => setParameters({ level: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={text.live.contains}>
          {(ids) => (
            <Input
              {...ids}
              value={parameters.text ?? ''}
              onInput={(event) =>
                setParameters({ text: event.currentTarget.value || undefined }, { replace: true })
              }
            />
          )}
        </Field>
        <Button onClick={() => list.pause(!list.isPaused())}>
          {list.isPaused() ? text.live.resume : text.live.pause}
        </Button>
      </div>
      <p class={`${styles['note']} num`} role="status">
        <Show when={!isLost()} fallback={<span class={styles['error']}>{text.connection.lost}</span>}>
          <Show when={list.skipped() > 0}>{text.live.skipped(count(list.skipped()))}</Show>
        </Show>
      </p>
      <div class={styles['list']} tabindex="0" role="log" aria-live="off" aria-label={text.live.tabs.logs}>
        <Show when={list.items().length > 0} fallback={<Empty>{text.live.quiet}</Empty>}>
          <For each={list.items()}>{(line) => <Line line={line} />}</For>
        </Show>
      </div>
    </Panel>
  );
}

function Line(props: { line: LogLine }): JSX.Element {
  return (
    <div class={`${styles['line']} num`}>
      <span class="faint">{clock(props.line.time)}</span>
      <span>
        <Pill tone={TONES[props.line.level]}>{props.line.level}</Pill>
      </span>
      <span class={`${styles['cut']} soft`} title={props.line.thread}>
        {props.line.logger}
      </span>
      <span class={styles['wrap']}>
        {props.line.message}{' '}
        <For each={Object.entries(props.line.fields)}>
          {([name, value]) => (
            <span class="soft">
              {name}=<span class="mono">{value}</span>{' '}
            </span>
          )}
        </For>
        <Show when={props.line.error}>
          <span class={styles['error']}>{props.line.error}</span>
        </Show>
      </span>
    </div>
  );
}
