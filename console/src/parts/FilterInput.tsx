import { createSignal, createUniqueId, For, Show, type JSX } from 'solid-js';
import { complete, type Completion, type FilterWords } from '../lib/filterText';
import { text } from '../text';
import { inputClass } from './Controls';
import styles from './FilterInput.module.css';

const NONE: Completion = { from: 0, to: 0, options: [] };

/** A filter as JSON in one line, with names, operators and values to choose from while it is typed. */
export function FilterInput(props: {
  value: string;
  words: FilterWords;
  onInput: (value: string) => void;
  id?: string;
  invalid?: boolean;
  describedBy?: string | undefined;
  placeholder?: string;
}): JSX.Element {
  const listId = createUniqueId();
  let input!: HTMLInputElement;
  const [completion, setCompletion] = createSignal<Completion>(NONE);
  const [index, setIndex] = createSignal(0);
  const options = (): Completion['options'] => completion().options;

  const offer = (): void => {
    setCompletion(complete(input.value, input.selectionStart ?? input.value.length, props.words));
    setIndex(0);
  };

  const take = (option: Completion['options'][number]): void => {
    const { from, to } = completion();
    const value = input.value.slice(0, from) + option.insert + input.value.slice(to);
    const inside = option.insert.endsWith(' }') ? 1 : 0;
    props.onInput(value);
    input.value = value;
    const at = from + option.insert.length - inside;
    input.setSelectionRange(at, at);
    input.focus();
    offer();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      offer();
      return;
    }
    const chosen = options()[index()];
    if (!chosen) {
      return;
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setIndex((at) => (at + step + options().length) % options().length);
    } else if (event.key === 'Tab' || (event.key === 'Enter' && !event.ctrlKey && !event.metaKey)) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setCompletion(NONE);
    }
  };

  return (
    <div class={styles['wrap']}>
      <input
        ref={input}
        id={props.id}
        class={`${inputClass} ${styles['input']}`}
        role="combobox"
        aria-expanded={options().length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={options().length > 0 ? `${listId}-${index()}` : undefined}
        aria-invalid={props.invalid ?? false}
        aria-describedby={props.describedBy}
        autocomplete="off"
        spellcheck={false}
        placeholder={props.placeholder}
        value={props.value}
        onInput={(event) => {
          props.onInput(event.currentTarget.value);
          offer();
        }}
        onClick={offer}
        onBlur={() => setTimeout(() => setCompletion(NONE), 120)}
        onKeyDown={onKeyDown}
      />
      <Show when={options().length > 0}>
        <ul class={styles['list']} id={listId} role="listbox" aria-label={text.filter.completions}>
          <For each={options()}>
            {(option, i) => (
              <li
                id={`${listId}-${i()}`}
                class={styles['option']}
                role="option"
                aria-selected={i() === index()}
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(option);
                }}
              >
                <span class="mono">{option.label}</span>
                <span class={styles['note']}>{option.note}</span>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </div>
  );
}
