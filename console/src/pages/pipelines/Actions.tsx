import { createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { messageOf } from '../../api/http';
import {
  pausePipeline,
  replayDeadLetters,
  resetPipeline,
  resumePipeline,
  type PipelineInfo,
} from '../../api/pipelines';
import { count } from '../../lib/format';
import { Confirm } from '../../parts/Confirm';
import { Button } from '../../parts/Controls';
import { Icon } from '../../parts/Icon';
import { text } from '../../text';
import { ResetDialog } from './ResetDialog';

type Asking = 'pause' | 'reset' | 'replay';

const { pipelines: words } = text;

/** What a person can do with a pipeline; each asks first, but going on. */
export function Actions(props: {
  pipeline: PipelineInfo;
  onDone: (message: string | undefined) => void;
}): JSX.Element {
  const [asking, setAsking] = createSignal<Asking>();
  const [isBusy, setBusy] = createSignal(false);
  const [error, setError] = createSignal<string>();
  const name = (): string => props.pipeline.name;
  const canResume = (): boolean => props.pipeline.state === 'paused' || props.pipeline.state === 'failed';

  const during = async (work: () => Promise<string | undefined>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const message = await work();
      setAsking(undefined);
      props.onDone(message);
    } catch (thrown) {
      setError(messageOf(thrown));
      if (asking() === undefined) props.onDone(messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const open = (what: Asking): void => {
    setError(undefined);
    setAsking(what);
  };
  const resume = (): Promise<void> =>
    during(async () => {
      await resumePipeline(name());
      return undefined;
    });
  const pause = (): Promise<void> =>
    during(async () => {
      await pausePipeline(name());
      return undefined;
    });
  const replay = (): Promise<void> =>
    during(async () => {
      const done = await replayDeadLetters(name());
      return words.replayDone(
        count(done.replayed),
        count(done.applied),
        count(done.dropped),
        count(done.rejected),
      );
    });
  const reset = (from: string): Promise<void> =>
    during(async () => {
      const done = await resetPipeline(name(), from);
      return words.resetDone(count(done.generation), done.consequence);
    });

  return (
    <>
      <Show when={props.pipeline.dead_letters !== undefined}>
        <Button disabled={isBusy()} onClick={() => open('replay')}>
          {words.replay}
        </Button>
      </Show>
      <Button disabled={isBusy()} onClick={() => open('reset')}>
        {words.reset}
      </Button>
      <Show
        when={canResume()}
        fallback={
          <Button disabled={isBusy() || props.pipeline.state === 'finished'} onClick={() => open('pause')}>
            <Icon name="pause" size={15} /> {words.pause}
          </Button>
        }
      >
        <Button look="main" disabled={isBusy()} onClick={() => void resume()}>
          <Icon name="play" size={15} /> {isBusy() ? words.busy : words.resume}
        </Button>
      </Show>
      <Switch>
        <Match when={asking() === 'pause'}>
          <Confirm
            title={words.pauseTitle(name())}
            submit={words.pause}
            error={error()}
            isBusy={isBusy()}
            onSubmit={() => void pause()}
            onClose={() => setAsking(undefined)}
          >
            <p>{props.pipeline.source === 'push' ? words.pausePush : words.pauseText}</p>
          </Confirm>
        </Match>
        <Match when={asking() === 'replay'}>
          <Confirm
            title={words.replayTitle(name())}
            submit={words.replaySubmit}
            error={error()}
            isBusy={isBusy()}
            onSubmit={() => void replay()}
            onClose={() => setAsking(undefined)}
          >
            <p>{words.replayText}</p>
          </Confirm>
        </Match>
        <Match when={asking() === 'reset'}>
          <ResetDialog
            pipeline={props.pipeline}
            error={error()}
            isBusy={isBusy()}
            onSubmit={(from) => void reset(from)}
            onClose={() => setAsking(undefined)}
          />
        </Match>
      </Switch>
    </>
  );
}
