import { Index, type JSX } from 'solid-js';
import styles from './Facts.module.css';

/** Names with their values, one below the other. */
export function Facts(props: { facts: readonly (readonly [string, JSX.Element])[] }): JSX.Element {
  return (
    <dl class={styles['facts']}>
      <Index each={props.facts}>
        {(fact) => (
          <div class={styles['fact']}>
            <dt>{fact()[0]}</dt>
            <dd class="num">{fact()[1]}</dd>
          </div>
        )}
      </Index>
    </dl>
  );
}
