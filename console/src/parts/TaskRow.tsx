import { For, Show, type JSX } from 'solid-js';
import type { Task, TaskAction } from '../api/tasks';
import { bytes, count, duration, short } from '../lib/format';
import { readable } from '../lib/health';
import { text } from '../text';
import { Button, Pill, type Tone } from './Controls';
import { Meter } from './DataTable';
import styles from './TaskRow.module.css';

const TONES: Record<Task['state'], Tone> = {
  running: 'accent',
  paused: 'warn',
  waiting: 'plain',
  done: 'good',
  failed: 'bad',
  cancelled: 'warn',
};

/** One piece of work: how far it is, how fast, and how long it may take. */
export function TaskRow(props: {
  task: Task;
  now: number;
  clock: (instant: string) => string;
  onAction?: (action: TaskAction) => void;
}): JSX.Element {
  const amount = (): Task['amount'] => props.task.amount;
  const shown = (value: number): string => (amount()?.unit === 'bytes' ? bytes(value) : count(value));
  /** By what is counted; where a step counts nothing, by the time it is expected to take. */
  const share = (): number => {
    const left = props.task.remaining_s;
    return props.task.kind === 'fold' && props.task.state === 'running' && props.task.step !== 'merging'
      ? seconds() / Math.max(0.1, seconds() + (left ?? seconds()))
      : (amount()?.done ?? 0) / Math.max(1, amount()?.total ?? 1);
  };
  const seconds = (): number => {
    const end = props.task.ended_at ? Date.parse(props.task.ended_at) : props.now;
    return (end - Date.parse(props.task.started_at)) / 1000;
  };
  const note = (): string => {
    const { kind, state, step } = props.task;
    if (state !== 'done') return text.tasks.steps[step] ?? step;
    const what = text.tasks.kindNotes[kind] ?? '';
    return kind === 'checkpoint' ? `${what} · ${step}` : what;
  };
  return (
    <article class={styles['task']} aria-label={`${text.tasks.kinds[props.task.kind]} ${props.task.subject}`}>
      <div>
        <div class={styles['name']}>
          {text.tasks.kinds[props.task.kind]} <span class="soft">{props.task.subject}</span>
        </div>
        <div class="faint small">{note()}</div>
      </div>
      <div class={styles['middle']}>
        <Show when={(amount()?.total ?? 0) > 0}>
          <Meter
            share={share()}
            label={text.tasks.amount(shown(amount()?.done ?? 0), shown(amount()?.total ?? 0))}
            colour={props.task.state === 'failed' ? '--bad' : '--accent'}
          />
        </Show>
        <div class={`${styles['figures']} num`}>
          <Show when={amount()}>
            {(some) => (
              <>
                <span>
                  {some().total > 0
                    ? text.tasks.amount(shown(some().done), shown(some().total))
                    : text.tasks.amounts[some().unit]?.(shown(some().done))}
                </span>
                <Show when={some().per_second > 0}>
                  <span>
                    {text.tasks.rate(
                      some().unit === 'bytes' ? bytes(some().per_second) : short(some().per_second),
                    )}
                  </span>
                </Show>
              </>
            )}
          </Show>
          <Show when={props.task.remaining_s !== undefined}>
            <span>{text.tasks.remaining(duration(props.task.remaining_s ?? 0))}</span>
          </Show>
          <Show when={props.task.state !== 'waiting'}>
            <span>
              {(props.task.state === 'running' ? text.tasks.running : text.tasks.took)(
                seconds() < 1 ? '< 1 s' : duration(seconds()),
              )}
            </span>
          </Show>
        </div>
      </div>
      <div class={styles['side']}>
        <For each={props.onAction ? props.task.actions : []}>
          {(action) => <Button onClick={() => props.onAction?.(action)}>{text.tasks.actions[action]}</Button>}
        </For>
        <Pill tone={TONES[props.task.state]} dot>
          {text.tasks.states[props.task.state]}
        </Pill>
      </div>
      <Show when={props.task.error}>
        <p class={styles['error']}>{props.task.error}</p>
      </Show>
      <Show when={props.task.lines.length > 0}>
        <details class={styles['more']}>
          <summary>{text.tasks.lines}</summary>
          <ul>
            <For each={props.task.lines}>
              {(line) => (
                <li class={styles['line']}>
                  <span class="mono faint">{props.clock(line.time)}</span>
                  <span>{text.tasks.steps[line.text] ?? readable(line.text)}</span>
                </li>
              )}
            </For>
          </ul>
        </details>
      </Show>
    </article>
  );
}
