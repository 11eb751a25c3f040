import { onMount, type JSX } from 'solid-js';
import { text } from '../text';
import { Button } from './Controls';
import styles from './Dialog.module.css';
import { Icon } from './Icon';

/** A window over the page that keeps the focus until it is closed. Render it only while it is open. */
export function Dialog(props: {
  title: string;
  wide?: boolean;
  onClose: () => void;
  children: JSX.Element;
}): JSX.Element {
  let element!: HTMLDialogElement;
  onMount(() => element.showModal());
  return (
    <dialog
      ref={element}
      class={styles['dialog']}
      classList={{ [styles['wide'] ?? '']: props.wide ?? false }}
      aria-label={props.title}
      onClose={() => props.onClose()}
      onClick={(event) => {
        if (event.target === element) element.close();
      }}
    >
      <header class={styles['head']}>
        <h2>{props.title}</h2>
        <Button look="plain" square label={text.states.close} onClick={() => element.close()}>
          <Icon name="close" />
        </Button>
      </header>
      <div class={styles['body']}>{props.children}</div>
    </dialog>
  );
}
