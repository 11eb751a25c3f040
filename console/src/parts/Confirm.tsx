import { createSignal, Show, type JSX } from 'solid-js';
import { text } from '../text';
import { Button, Field, Input } from './Controls';
import styles from './Confirm.module.css';
import { Dialog } from './Dialog';

/** Asks before something is done; where it cannot be undone, a word has to be typed. */
export function Confirm(props: {
  title: string;
  word?: string;
  submit: string;
  label?: string;
  error?: string | undefined;
  isBusy: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: JSX.Element;
}): JSX.Element {
  const [typed, setTyped] = createSignal('');
  const isSure = (): boolean => props.word === undefined || typed() === props.word;
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        class={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (isSure() && !props.isBusy) props.onSubmit();
        }}
      >
        <div class={styles['what']}>{props.children}</div>
        <Show when={props.word !== undefined}>
          <Field label={props.label ?? ''}>
            {(ids) => (
              <Input
                {...ids}
                autofocus
                value={typed()}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
        </Show>
        <Show when={props.error}>
          <p class={styles['error']} role="alert">
            {props.error}
          </p>
        </Show>
        <div class={styles['foot']}>
          <Button onClick={() => props.onClose()}>{text.states.cancel}</Button>
          <Button
            type="submit"
            look={props.word === undefined ? 'main' : 'danger'}
            disabled={!isSure() || props.isBusy}
          >
            {props.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
