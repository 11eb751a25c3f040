import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { messageOf } from './http';

/** Something that is asked of the server when needed. */
export interface Asked<T> {
  value: Accessor<T | undefined>;
  error: Accessor<string | undefined>;
  isAsking: Accessor<boolean>;
  ask(): Promise<void>;
}

/** Asks at once, and again every so often where a period is given; ends with the owner. */
export function ask<T>(question: () => Promise<T>, everyMs?: number): Asked<T> {
  const [value, setValue] = createSignal<T>();
  const [error, setError] = createSignal<string>();
  const [isAsking, setAsking] = createSignal(false);
  let asked = 0;

  const again = async (): Promise<void> => {
    const number = ++asked;
    setAsking(true);
    try {
      const answer = await question();
      if (number === asked) {
        setValue(() => answer);
        setError(undefined);
      }
    } catch (thrown) {
      if (number === asked) {
        setError(messageOf(thrown));
      }
    } finally {
      if (number === asked) {
        setAsking(false);
      }
    }
  };

  void again();
  if (everyMs !== undefined) {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void again();
    }, everyMs);
    onCleanup(() => clearInterval(timer));
  }
  onCleanup(() => asked++);
  return { value, error, isAsking, ask: again };
}
