import type { JSX } from 'solid-js';
import type { PipelineInfo } from '../../api/pipelines';
import { count, microsFigure, micros, NONE, short, type Figure } from '../../lib/format';
import { FigureTile } from '../../parts/FigureTile';
import { Tiles } from '../../parts/Grid';
import { text } from '../../text';

/** What a pipeline does right now. */
export function PipelineFigures(props: { pipeline: PipelineInfo }): JSX.Element {
  const { figures } = text.pipelines;
  const perSecond = (value: number): Figure => ({ value: short(value), unit: text.overview.perSecond });
  const isMeasured = (): boolean => props.pipeline.searchable_after.samples > 0;
  return (
    <Tiles>
      <FigureTile label={figures.applied} figure={perSecond(props.pipeline.applied_per_s)} />
      <FigureTile
        label={figures.lag}
        figure={{ value: short(props.pipeline.lag), unit: '' }}
        note={figures.lagNote}
      />
      <FigureTile
        label={figures.searchable}
        figure={
          isMeasured() ? microsFigure(props.pipeline.searchable_after.p99_us) : { value: NONE, unit: '' }
        }
        note={
          isMeasured()
            ? figures.searchableNote(micros(props.pipeline.searchable_after.p50_us))
            : figures.searchableNone
        }
      />
      <FigureTile
        label={figures.letters}
        figure={perSecond(props.pipeline.dead_lettered_per_s)}
        note={figures.lettersNote(count(props.pipeline.dead_lettered))}
        tone={props.pipeline.dead_lettered_per_s > 0 ? 'warn' : undefined}
      />
    </Tiles>
  );
}
