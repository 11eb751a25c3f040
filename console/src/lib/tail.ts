import { createSignal, type Accessor } from 'solid-js';

/** The newest of what comes, the newest first; what is paused is held back, as much as is kept. */
export interface TailList<T> {
  items: Accessor<T[]>;
  skipped: Accessor<number>;
  isPaused: Accessor<boolean>;
  add(items: T[], skipped: number): void;
  pause(value: boolean): void;
  clear(): void;
}

export function createTailList<T>(most: number): TailList<T> {
  const [items, setItems] = createSignal<T[]>([]);
  const [skipped, setSkipped] = createSignal(0);
  const [isPaused, setPaused] = createSignal(false);
  let held: T[] = [];
  const show = (more: T[]): void => {
    setItems((before) => [...more.toReversed(), ...before].slice(0, most));
  };
  return {
    items,
    skipped,
    isPaused,
    add: (more, left) => {
      if (left > 0) setSkipped((count) => count + left);
      if (more.length === 0) return;
      if (isPaused()) held = [...held, ...more].slice(-most);
      else show(more);
    },
    pause: (value) => {
      setPaused(value);
      if (!value) {
        show(held);
        held = [];
      }
    },
    clear: () => {
      held = [];
      setItems([]);
      setSkipped(0);
    },
  };
}
