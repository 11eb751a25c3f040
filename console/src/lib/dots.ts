import { toScreen, type Camera, type Size } from './camera';

/** A point of the plane. */
export interface Dot {
  id: string;
  x: number;
  y: number;
  /** A custom property of tokens.css, or a colour. */
  colour: string;
}

/** What is to be drawn, and which of it stands out. */
export interface Drawing {
  size: Size;
  camera: Camera;
  dots: Dot[];
  lit: ReadonlySet<string>;
  chosen: string | undefined;
  pointed: string | undefined;
  colourOf(name: string): string;
}

const DOT_PX = 2.6;
const GROWTH_MOST = 2.2;
const OUTSIDE_PX = 10;

/** Draws the points, those that stand out last. */
export function drawDots(context: CanvasRenderingContext2D, drawing: Drawing): void {
  const { size, camera, dots, lit, chosen, pointed, colourOf } = drawing;
  fit(context, size);
  const radius = DOT_PX * Math.min(GROWTH_MOST, Math.sqrt(camera.zoom));
  const circle = (dot: Dot, by: number): void => {
    const [left, top] = toScreen(size, camera, dot.x, dot.y);
    const isSeen =
      left > -OUTSIDE_PX &&
      top > -OUTSIDE_PX &&
      left < size.width + OUTSIDE_PX &&
      top < size.height + OUTSIDE_PX;
    if (isSeen) {
      context.beginPath();
      context.arc(left, top, radius * by, 0, 2 * Math.PI);
      context.fill();
    }
  };
  context.globalAlpha = chosen === undefined ? 0.8 : 0.22;
  for (const dot of dots) {
    context.fillStyle = colourOf(dot.colour);
    circle(dot, 1);
  }
  context.globalAlpha = 1;
  context.strokeStyle = colourOf('--surface');
  context.lineWidth = 1.5;
  for (const dot of dots.filter(({ id }) => lit.has(id) || id === chosen || id === pointed)) {
    context.fillStyle = colourOf(dot.id === chosen ? '--ink' : dot.colour);
    circle(dot, dot.id === chosen ? 2.4 : 1.8);
    context.stroke();
  }
}

/** Gives the canvas as many pixels as the screen has there, and clears it. */
function fit(context: CanvasRenderingContext2D, { width, height }: Size): void {
  const ratio = window.devicePixelRatio;
  const { canvas } = context;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
}
