import { createMemo, createSignal, For, onMount, Show, type JSX } from 'solid-js';
import { text } from '../text';
import { Input } from './Controls';
import { Dialog } from './Dialog';
import styles from './Palette.module.css';

/** Somewhere to go. */
export interface Destination {
  name: string;
  kind: string;
  path: string;
}

/** Whether the letters of a word are in a name, in their order. */
export function isLike(name: string, word: string): boolean {
  let at = 0;
  for (const letter of word.toLowerCase().replaceAll(' ', '')) {
    at = name.toLowerCase().indexOf(letter, at) + 1;
    if (at === 0) {
      return false;
    }
  }
  return true;
}

/** Goes anywhere by a few letters. */
export function Palette(props: {
  destinations: Destination[];
  onGo: (path: string) => void;
  onClose: () => void;
}): JSX.Element {
  let input!: HTMLInputElement;
  const [word, setWord] = createSignal('');
  const [index, setIndex] = createSignal(0);
  const found = createMemo(() => props.destinations.filter((one) => isLike(one.name, word())));
  onMount(() => input.focus());

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setIndex((at) => Math.min(Math.max(at + step, 0), Math.max(found().length - 1, 0)));
    } else if (event.key === 'Enter') {
      const chosen = found()[index()];
      if (chosen) props.onGo(chosen.path);
    }
  };

  return (
    <Dialog title={text.palette.label} onClose={props.onClose}>
      <Input
        ref={input}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={`palette-${index()}`}
        aria-label={text.palette.label}
        placeholder={text.palette.placeholder}
        value={word()}
        onInput={(event) => {
          setWord(event.currentTarget.value);
          setIndex(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul class={styles['list']} role="listbox" id="palette-list" aria-label={text.palette.label}>
        <For each={found()}>
          {(one, i) => (
            <li
              id={`palette-${i()}`}
              class={styles['item']}
              role="option"
              aria-selected={i() === index()}
              onClick={() => props.onGo(one.path)}
            >
              {one.name}
              <span class={styles['kind']}>{one.kind}</span>
            </li>
          )}
        </For>
      </ul>
      <Show when={found().length === 0}>
        <p class="soft">{text.palette.nothing}</p>
      </Show>
    </Dialog>
  );
}
