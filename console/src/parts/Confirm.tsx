import { createSignal, Show, type JSX } from 'solid-js';
import { text } from '../text';
import { Button, Field, Input } from './Controls';
import styles from './Confirm.module.css';
import { Dialog } from './Dialog';

/** Asks before something that cannot be undone: a word has to be typed. */
export function Confirm(props: {
  title: string;
  word: string;
  submit: string;
  label: string;
  error?: string | undefined;
  isBusy: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: JSX.Element;
}): JSX.Element {
  const [typed, setTyped] = createSignal('');
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        class={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed() === props.word) props.onSubmit();
        }}
      >
        <p>{props.children}</p>
        <Field label={props.label}>
          {(ids) => (
            <Input
              {...ids}
              autofocus
              value={typed()}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          )}
        </Field>
        <Show when={props.error}>
          <p class={styles['error']} role="alert">
            {props.error}
          </p>
        </Show>
        <div class={styles['foot']}>
          <Button onClick={() => props.onClose()}>{text.states.cancel}</Button>
          <Button type="submit" look="danger" disabled={typed() !== props.word || props.isBusy}>
            {props.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
