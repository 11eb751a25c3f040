import { createSignal, Show, type JSX } from 'solid-js';
import type { PipelineInfo } from '../../api/pipelines';
import { startsOf, type Start } from '../../lib/pipelines';
import { Confirm } from '../../parts/Confirm';
import { Field, Input, Select } from '../../parts/Controls';
import { text } from '../../text';

const { pipelines: words } = text;

/** Asks where a pipeline is to begin anew, and says what that means for the rows. */
export function ResetDialog(props: {
  pipeline: PipelineInfo;
  error: string | undefined;
  isBusy: boolean;
  onSubmit: (from: string) => void;
  onClose: () => void;
}): JSX.Element {
  const starts = (): Start[] => startsOf(props.pipeline.source);
  const [start, setStart] = createSignal<Start>(starts()[0] ?? 'latest');
  const [time, setTime] = createSignal('');
  const from = (): string => (start() === 'time' ? new Date(time()).toISOString() : start());
  const consequence = (): string => words.resetTexts[props.pipeline.source === 'push' ? 'push' : start()];
  return (
    <Confirm
      title={words.resetTitle(props.pipeline.name)}
      word={props.pipeline.name}
      label={words.confirm(props.pipeline.name)}
      submit={words.resetSubmit}
      error={props.error}
      isBusy={props.isBusy || (start() === 'time' && Number.isNaN(Date.parse(time())))}
      onSubmit={() => props.onSubmit(from())}
      onClose={props.onClose}
    >
      <Show when={starts().length > 1}>
        <Field label={words.resetFrom}>
          {(ids) => (
            <Select
              {...ids}
              options={starts().map((one): [string, string] => [one, words.starts[one]])}
              value={start()}
              onChange={(event) => setStart(event.currentTarget.value as Start)}
            />
          )}
        </Field>
      </Show>
      <Show when={start() === 'time'}>
        <Field label={words.resetTime} hint={words.resetTimeHint}>
          {(ids) => (
            <Input
              {...ids}
              type="datetime-local"
              step="1"
              value={time()}
              onInput={(event) => setTime(event.currentTarget.value)}
            />
          )}
        </Field>
      </Show>
      <p>{consequence()}</p>
    </Confirm>
  );
}
