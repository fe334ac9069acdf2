import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { language, theme } from "../state/preferences";
import { formatNumber } from "../words";

export interface Line {
  label: string;
  /** One for each time. */
  values: number[];
  bars?: boolean;
}

interface PlotProps {
  /** What it shows, in words. */
  label: string;
  /** Unix seconds, ascending. */
  times: number[];
  /** One, or two: the second has the scale at the right. */
  lines: Line[];
}

const HEIGHT = 180;
const COLOURS = ["--accent", "--warn"];

/** Values over time. The words of its label, and the page around it, say the same. */
export function Plot({ label, times, lines }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data: uPlot.AlignedData = [times, ...lines.map(({ values }) => values)];
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = new uPlot(optionsOf(lines, element.clientWidth), data, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => made.redraw();
    dark.addEventListener("change", redraw);
    return () => {
      dark.removeEventListener("change", redraw);
      observer.disconnect();
      made.destroy();
    };
  }, [theme.value, language.value, lines.length]);
  useEffect(() => plot.current?.setData(data), [JSON.stringify(data)]);
  return (
    <figure class="plot">
      <div ref={box} role="img" aria-label={label} />
      <figcaption>
        {lines.map(({ label: name }, at) => (
          <span key={name} class={`plot-line plot-line-${at}`}>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** The day at midnight, else the time of day, to the second where marks are that close. */
function timesOf(marks: number[]): string[] {
  const close = marks.some((mark) => mark % 60 !== 0);
  return marks.map((mark) => {
    const date = new Date(mark * 1000);
    const midnight = date.getHours() + date.getMinutes() + date.getSeconds() === 0;
    return new Intl.DateTimeFormat(
      language.value,
      midnight
        ? { month: "short", day: "numeric" }
        : { hour: "2-digit", minute: "2-digit", ...(close && { second: "2-digit" }), hourCycle: "h23" },
    ).format(date);
  });
}

const colourOf = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function optionsOf(lines: Line[], width: number): uPlot.Options {
  const quiet = { stroke: () => colourOf("--quiet"), grid: { stroke: () => colourOf("--line"), width: 1 } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, least, most) => [least - (most - least) / 20, most + (most - least) / 20] },
      ...Object.fromEntries(lines.map((_, at) => [`y${at}`, { range: (_plot, _least, most) => [0, most || 1] }])),
    },
    axes: [
      { ...quiet, space: 90, values: (_plot, marks) => timesOf(marks) },
      ...lines.map((_, at) => ({
        ...quiet,
        scale: `y${at}`,
        side: at ? 1 : 3,
        size: 60,
        grid: at ? { show: false } : quiet.grid,
        values: (_plot: uPlot, marks: number[]) => marks.map((mark) => (Number.isInteger(mark) ? formatNumber(mark) : "")),
      })),
    ],
    series: [
      {},
      ...lines.map(({ label, bars }, at) => {
        const colour = () => colourOf(COLOURS[at] ?? "--quiet");
        const shape = bars && uPlot.paths.bars?.({ size: [0.6, 40] });
        return { label, scale: `y${at}`, stroke: colour, width: 2, points: { show: false }, ...(shape && { fill: colour, paths: shape }) };
      }),
    ],
  };
}
