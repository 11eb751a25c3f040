import { Index, type JSX } from 'solid-js';
import styles from './ShareBar.module.css';

/** A part of a whole. */
export interface Share {
  label: string;
  value: number;
  colour: string;
}

/** What a whole is made of, as a bar with its parts named below. */
export function ShareBar(props: {
  label: string;
  shares: Share[];
  whole: number;
  format: (value: number) => string;
}): JSX.Element {
  const width = (share: Share): string => `${(100 * share.value) / Math.max(1, props.whole)}%`;
  return (
    <div>
      <div class={styles['bar']} role="img" aria-label={props.label}>
        <Index each={props.shares.filter((share) => share.value > 0)}>
          {(share) => (
            <div
              class={styles['part']}
              style={{ width: width(share()), background: `var(${share().colour})` }}
              title={`${share().label}: ${props.format(share().value)}`}
            />
          )}
        </Index>
      </div>
      <dl class={styles['list']}>
        <Index each={props.shares}>
          {(share) => (
            <div class={styles['row']}>
              <dt>
                <span class={styles['swatch']} style={{ background: `var(${share().colour})` }} />
                {share().label}
              </dt>
              <dd class="num">{props.format(share().value)}</dd>
            </div>
          )}
        </Index>
      </dl>
    </div>
  );
}
