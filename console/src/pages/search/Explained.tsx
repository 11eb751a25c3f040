import { For, Show, type JSX } from 'solid-js';
import type { ExplainedPart, Explanation } from '../../api/types';
import { count, micros } from '../../lib/format';
import { Panel } from '../../parts/Panel';
import { ShareBar, type Share } from '../../parts/ShareBar';
import { text } from '../../text';
import styles from './Explained.module.css';

/** How a search found its rows: where its time went, and which ways were weighed in each part. */
export function Explained(props: { explanation: Explanation }): JSX.Element {
  const sum = (of: (part: ExplainedPart) => number | undefined): number =>
    props.explanation.parts.reduce((total, part) => total + (of(part) ?? 0), 0);
  const shares = (): Share[] => {
    const { timeParts } = text.search;
    const choosing = sum((part) => part.choosing_us);
    const making = sum((part) => part.filter_making_us);
    return [
      { label: timeParts.check, value: props.explanation.check_us, colour: '--series-8' },
      { label: timeParts.choose, value: choosing, colour: '--series-6' },
      { label: timeParts.filter, value: making, colour: '--series-2' },
      {
        label: timeParts.search,
        value: Math.max(0, props.explanation.search_us - choosing - making),
        colour: '--series-1',
      },
      { label: timeParts.merge, value: props.explanation.merge_us, colour: '--series-5' },
    ];
  };
  const whole = (): number => shares().reduce((total, share) => total + share.value, 0);
  return (
    <Panel title={text.search.explain} note={`${text.search.times}: ${micros(whole())}`}>
      <ShareBar label={text.search.times} shares={shares()} whole={whole()} format={micros} />
      <div style={{ 'margin-top': 'var(--gap-4)' }}>
        <For each={props.explanation.parts}>{(part) => <Part part={part} />}</For>
      </div>
    </Panel>
  );
}

function Part(props: { part: ExplainedPart }): JSX.Element {
  const facts = (): string[] => {
    const { part } = props;
    const passing =
      part.passing !== undefined
        ? [text.search.passing(count(part.passing))]
        : part.passing_estimated !== undefined
          ? [text.search.passingEstimated(count(part.passing_estimated))]
          : [];
    return [
      text.search.rowsOfPart(count(part.rows)),
      ...passing,
      text.search.visited(count(part.visited)),
      ...(part.breadth === undefined
        ? []
        : [text.search.breadth(count(part.breadth), part.breadth_from ?? '')]),
      ...(part.filter ? [text.search.filterStates[part.filter]] : []),
      micros(part.search_us),
    ];
  };
  const most = (): number => Math.max(1e-9, ...props.part.rungs.map((rung) => rung.expected_us));
  return (
    <section class={styles['part']}>
      <div class={styles['title']}>
        <h3>{text.search.explainParts[props.part.part] ?? props.part.part}</h3>
        <Show when={props.part.shard > 0}>
          <span class="faint small">{text.search.shard(props.part.shard)}</span>
        </Show>
        <span class="soft small num">{facts().join(' · ')}</span>
      </div>
      <p class={styles['reason']}>
        <span class={styles['takenName']}>{props.part.path}</span>: {text.search.paths[props.part.path] ?? ''}
        <Show when={props.part.reason}> — {props.part.reason}</Show>
      </p>
      <Show when={props.part.rungs.length > 0}>
        <p class="faint small">{text.search.rungs}</p>
        <div class={styles['rungs']}>
          <For each={props.part.rungs}>
            {(rung) => {
              const isTaken = (): boolean => rung.path === props.part.path;
              return (
                <>
                  <span classList={{ [styles['takenName'] ?? '']: isTaken() }}>
                    {rung.path}
                    {isTaken() ? ` (${text.search.taken})` : ''}
                  </span>
                  <span
                    class={styles['bar']}
                    classList={{ [styles['taken'] ?? '']: isTaken() }}
                    style={{ width: `${(100 * rung.expected_us) / most()}%` }}
                  />
                  <span class="num">{micros(rung.expected_us)}</span>
                </>
              );
            }}
          </For>
        </div>
      </Show>
      <For each={props.part.fallbacks}>{(fallback) => <p class={styles['fallback']}>{fallback}</p>}</For>
    </section>
  );
}
