import { For, type JSX } from 'solid-js';
import styles from './Tabs.module.css';

/** Parts of a page, one of which is seen. */
export function Tabs<T extends string>(props: {
  label: string;
  tabs: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}): JSX.Element {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step !== 0) {
      const at = props.tabs.findIndex(([value]) => value === props.value);
      const next = props.tabs[(at + step + props.tabs.length) % props.tabs.length];
      if (next) props.onChange(next[0]);
      requestAnimationFrame(() =>
        document.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus(),
      );
    }
  };
  return (
    <div class={styles['tabs']} role="tablist" aria-label={props.label} onKeyDown={onKeyDown}>
      <For each={props.tabs}>
        {([value, name]) => (
          <button
            type="button"
            role="tab"
            class={styles['tab']}
            aria-selected={props.value === value}
            tabindex={props.value === value ? 0 : -1}
            onClick={() => props.onChange(value)}
          >
            {name}
          </button>
        )}
      </For>
    </div>
  );
}
