import { createUniqueId, For, Show, splitProps, type JSX } from 'solid-js';
import styles from './Controls.module.css';

const css = (...names: (string | false | undefined)[]): string =>
  names
    .filter((name): name is string => Boolean(name))
    .map((name) => styles[name] ?? '')
    .join(' ');

type ButtonLook = 'main' | 'danger' | 'plain';

/** A button; `square` where it holds an icon alone, which then needs a `label`. */
export function Button(
  props: JSX.ButtonHTMLAttributes<HTMLButtonElement> & {
    look?: ButtonLook;
    square?: boolean;
    label?: string;
  },
): JSX.Element {
  const [own, rest] = splitProps(props, ['look', 'square', 'label']);
  return (
    <button
      type="button"
      class={css('button', own.look, own.square && 'square')}
      aria-label={own.label}
      title={own.label}
      {...rest}
    />
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'plain';

/** A word with a colour that means something. */
export function Pill(props: { tone?: Tone; dot?: boolean; children: JSX.Element }): JSX.Element {
  return (
    <span class={css('pill', props.tone !== 'plain' && props.tone)}>
      <Show when={props.dot}>
        <span class={styles['dot']} />
      </Show>
      {props.children}
    </span>
  );
}

/** A labelled control. The control is given the ids that tie it to label, hint and error. */
export function Field(props: {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: (ids: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
  }) => JSX.Element;
}): JSX.Element {
  const id = createUniqueId();
  // Read where they are used: the control must not be made anew when an error comes.
  const ids = {
    id,
    get 'aria-describedby'() {
      return props.error || props.hint ? `${id}-note` : undefined;
    },
    get 'aria-invalid'() {
      return Boolean(props.error);
    },
  };
  return (
    <div class={styles['field']}>
      <label class={styles['label']} for={id}>
        {props.label}
      </label>
      {props.children(ids)}
      <Show when={props.error || props.hint}>
        <div id={`${id}-note`}>
          <Show when={props.error} fallback={<span class={styles['hint']}>{props.hint}</span>}>
            <span class={styles['error']} role="alert">
              {props.error}
            </span>
          </Show>
        </div>
      </Show>
    </div>
  );
}

export const inputClass = styles['input'] ?? '';

/** A line of text in a form. */
export function Input(props: JSX.InputHTMLAttributes<HTMLInputElement>): JSX.Element {
  return <input class={inputClass} autocomplete="off" spellcheck={false} {...props} />;
}

/** One of a list. */
export function Select(
  props: JSX.SelectHTMLAttributes<HTMLSelectElement> & { options: readonly (string | [string, string])[] },
): JSX.Element {
  const [own, rest] = splitProps(props, ['options', 'value']);
  return (
    <select class={inputClass} {...rest}>
      <For each={own.options}>
        {(option) => {
          const [value, label] = typeof option === 'string' ? [option, option] : option;
          return (
            <option value={value} selected={own.value === value}>
              {label}
            </option>
          );
        }}
      </For>
    </select>
  );
}

/** A few exclusive choices, side by side. */
export function Choices<T extends string>(props: {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange(value: T): void;
}): JSX.Element {
  return (
    <div class={styles['choices']} role="group" aria-label={props.label}>
      <For each={props.options}>
        {([value, label]) => (
          <button
            type="button"
            class={styles['choice']}
            aria-pressed={props.value === value}
            onClick={() => props.onChange(value)}
          >
            {label}
          </button>
        )}
      </For>
    </div>
  );
}

/** A key of the keyboard. */
export function Key(props: { children: JSX.Element }): JSX.Element {
  return <kbd class={styles['key']}>{props.children}</kbd>;
}
