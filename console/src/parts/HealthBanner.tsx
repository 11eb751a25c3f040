import { Index, Show, type JSX } from 'solid-js';
import type { Health } from '../lib/health';
import { text } from '../text';
import styles from './HealthBanner.module.css';
import { Icon } from './Icon';

/** How the node is, in a sentence; and what to do where something is wrong. */
export function HealthBanner(props: { health: Health }): JSX.Element {
  return (
    <section
      class={`${styles['banner']} ${styles[props.health.level] ?? ''}`}
      data-level={props.health.level}
      aria-live="polite"
      aria-atomic="true"
    >
      <span class={styles['mark']}>
        <Icon
          name={props.health.level === 'good' ? 'check' : props.health.level === 'unknown' ? 'live' : 'alert'}
        />
      </span>
      <p class={`${styles['sentence']} num`}>{props.health.sentence}</p>
      <Show when={props.health.findings.length > 0}>
        <ul class={styles['findings']}>
          <Index each={props.health.findings}>
            {(finding) => (
              <li class={`${styles['finding']} ${styles[finding().level] ?? ''}`}>
                <p class={styles['what']}>{finding().what}</p>
                <p class="soft">
                  {text.health.doThis}: {finding().advice}{' '}
                  <Show when={finding().path}>{(path) => <a href={path()}>{text.health.look}</a>}</Show>
                </p>
              </li>
            )}
          </Index>
        </ul>
      </Show>
    </section>
  );
}
