import { Index, Show, type JSX } from 'solid-js';
import { short } from '../lib/format';
import type { Edge, Stage } from '../lib/pipelines';
import { text } from '../text';
import { Pill } from './Controls';
import styles from './Flow.module.css';

/** The stages that events go through, one below the other, with what happens between them. */
export function Flow(props: {
  label: string;
  stages: readonly Stage[];
  /** Where the events are that a step put aside. */
  letters: (step: string) => string;
}): JSX.Element {
  return (
    <ol class={styles['flow']} aria-label={props.label}>
      <Index each={props.stages}>
        {(stage) => (
          <li>
            <StageBox stage={stage()} letters={props.letters(stage().name)} />
            <Show when={stage().edge}>{(edge) => <EdgeLine edge={edge()} />}</Show>
          </li>
        )}
      </Index>
    </ol>
  );
}

function StageBox(props: { stage: Stage; letters: string }): JSX.Element {
  const { pipelines } = text;
  return (
    <div class={styles['stage']} data-kind={props.stage.kind}>
      <div class={styles['name']}>
        <span class={styles['kind']}>{pipelines.kinds[props.stage.kind]}</span>
        <strong>{props.stage.name}</strong>
        <span class={styles['note']}>{props.stage.note}</span>
      </div>
      <div class={`${styles['figures']} num`}>
        <Show when={props.stage.dropped > 0}>
          <span class="faint">{pipelines.dropped(short(props.stage.dropped))}</span>
        </Show>
        <Show when={props.stage.rejected > 0}>
          <a class={styles['rejected']} href={props.letters}>
            {pipelines.rejected(short(props.stage.rejected))}
          </a>
        </Show>
        <span>{pipelines.through(short(props.stage.through))}</span>
      </div>
    </div>
  );
}

function EdgeLine(props: { edge: Edge }): JSX.Element {
  const { pipelines } = text;
  return (
    <div class={styles['edge']} classList={{ [styles['moving'] ?? '']: props.edge.perSecond > 0 }}>
      <span class={`${styles['rate']} num`}>{pipelines.rate(short(props.edge.perSecond))}</span>
      <Show when={props.edge.waiting > 0}>
        <Pill>{pipelines.waiting(short(props.edge.waiting))}</Pill>
      </Show>
      <Show when={props.edge.retries > 0}>
        <Pill tone="warn">
          {props.edge.retries === 1 ? pipelines.retriesOne : pipelines.retries(short(props.edge.retries))}
        </Pill>
      </Show>
      <Show when={props.edge.isOpen}>
        <Pill tone="bad">{pipelines.open}</Pill>
      </Show>
    </div>
  );
}
