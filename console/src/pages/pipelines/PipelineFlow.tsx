import { Show, type JSX } from 'solid-js';
import type { PipelineInfo } from '../../api/pipelines';
import { stagesOf } from '../../lib/pipelines';
import { Flow } from '../../parts/Flow';
import { Panel } from '../../parts/Panel';
import { Empty } from '../../parts/States';
import { text } from '../../text';

/** The way of events through a pipeline, with what happens on it right now. */
export function PipelineFlow(props: { pipeline: PipelineInfo }): JSX.Element {
  const letters = (step: string): string => `?${new URLSearchParams({ tab: 'letters', step })}`;
  return (
    <Panel title={text.pipelines.flow}>
      <Show when={props.pipeline.steps.length > 0} fallback={<Empty>{text.pipelines.notOpen}</Empty>}>
        <Flow label={text.pipelines.flow} stages={stagesOf(props.pipeline)} letters={letters} />
      </Show>
    </Panel>
  );
}
