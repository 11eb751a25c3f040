import { useParams, useSearchParams } from '@solidjs/router';
import { createSignal, onCleanup, Show, type JSX } from 'solid-js';
import { ask } from '../api/ask';
import { getPipeline } from '../api/pipelines';
import { pipelineHealth } from '../lib/pipelines';
import { Column, Halves, Page } from '../parts/Grid';
import { HealthBanner } from '../parts/HealthBanner';
import { Awaited } from '../parts/States';
import { Tabs } from '../parts/Tabs';
import { text } from '../text';
import { Actions } from './pipelines/Actions';
import { Letters } from './pipelines/Letters';
import { Partitions } from './pipelines/Partitions';
import { PipelineFacts } from './pipelines/PipelineFacts';
import { PipelineFigures } from './pipelines/PipelineFigures';
import { PipelineFlow } from './pipelines/PipelineFlow';

const EVERY_MS = 1_000;
const TABS = Object.entries(text.pipelines.tabs) as [keyof typeof text.pipelines.tabs, string][];

/** One pipeline: how it is, what goes through each of its steps, what was put aside. */
export function PipelinePage(): JSX.Element {
  const params = useParams<{ name: string }>();
  const name = decodeURIComponent(params.name);
  const [search, setSearch] = useSearchParams<{ tab?: string }>();
  const pipeline = ask(() => getPipeline(name), EVERY_MS);
  const [message, setMessage] = createSignal<string>();
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), EVERY_MS);
  onCleanup(() => clearInterval(timer));
  const tab = (): (typeof TABS)[number][0] => (search.tab === 'letters' ? 'letters' : 'flow');

  return (
    <Page
      title={name}
      name={name}
      side={
        <Show when={pipeline.value()}>
          {(some) => (
            <Actions
              pipeline={some()}
              onDone={(what) => {
                setMessage(what);
                void pipeline.ask();
              }}
            />
          )}
        </Show>
      }
    >
      <Awaited
        value={pipeline.value()}
        error={pipeline.error()}
        lines={12}
        onRetry={() => void pipeline.ask()}
      >
        {(some) => (
          <>
            <HealthBanner health={pipelineHealth(some(), pipeline.error(), now())} />
            <Show when={message()}>
              <p role="status">{message()}</p>
            </Show>
            <Tabs
              label={name}
              tabs={TABS}
              value={tab()}
              onChange={(value) =>
                setSearch({ tab: value === 'flow' ? undefined : value, step: undefined, code: undefined })
              }
            />
            <Show when={tab() === 'flow'} fallback={<Letters pipeline={some()} />}>
              <PipelineFigures pipeline={some()} />
              <Halves>
                <PipelineFlow pipeline={some()} />
                <Column>
                  <PipelineFacts pipeline={some()} />
                  <Partitions pipeline={some()} />
                </Column>
              </Halves>
            </Show>
          </>
        )}
      </Awaited>
    </Page>
  );
}
