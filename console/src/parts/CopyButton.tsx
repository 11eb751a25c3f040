import { createSignal, Show, type JSX } from 'solid-js';
import { text } from '../text';
import { Button } from './Controls';
import { Icon } from './Icon';

const SHOWN_MS = 1_500;

/** Puts a text on the clipboard. */
export function CopyButton(props: { text: string }): JSX.Element {
  const [isCopied, setCopied] = createSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(props.text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <Button onClick={() => void copy()}>
      <Show
        when={isCopied()}
        fallback={
          <>
            <Icon name="copy" size={15} /> {text.states.copy}
          </>
        }
      >
        <Icon name="check" size={15} /> {text.states.copied}
      </Show>
    </Button>
  );
}
