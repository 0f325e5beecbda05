// SPDX-License-Identifier: Apache-2.0
// Lines over time, from zero up, with a budget if there is one; whoever points at a moment is told its values.
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { clock } from "../model/format";
import css from "./chart.module.css";

export type Values = readonly (number | null)[];

interface Props {
  title: string;
  unit: (value: unknown) => string;
  binary?: boolean; // the scale is of bytes: its lines stand at powers of two
  times: readonly number[]; // ms, one for each value
  lines: readonly (readonly [string, Values])[];
  budget?: number | null;
}

const HIGH = 190;
const EDGE = { left: 74, right: 8, top: 8, bottom: 24 };
const MINUTES = [5, 10, 15, 30, 60, 120, 300, 600, 1800].map((s) => s * 1000);

/** Where the lines of a scale stand: at round numbers, at most six of them. */
export function ticks(most: number, binary = false): number[] {
  const rough = most / 4;
  let step = binary ? 2 ** Math.ceil(Math.log2(Math.max(1, rough))) : 10 ** Math.floor(Math.log10(rough));
  if (!binary) step *= [1, 2, 5, 10].find((by) => step * by >= rough) ?? 10;
  if (!Number.isFinite(step) || step <= 0) return [0];
  return Array.from({ length: Math.min(8, Math.floor(most / step) + 1) }, (_, i) => i * step);
}

export function Chart({ title, unit, binary = false, times, lines, budget = null }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [at, setAt] = useState<number | null>(null); // an index
  useEffect(() => {
    const sizes = new ResizeObserver(() => setWidth(host.current?.clientWidth ?? 0));
    sizes.observe(host.current!);
    return () => sizes.disconnect();
  }, []);

  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1];
  const most = Math.max(1, budget ?? 0, ...lines.flatMap(([, values]) => values.map((value) => value ?? 0))) * 1.12;
  const x = (time: number) =>
    EDGE.left + ((time - first) / Math.max(1, last - first)) * Math.max(1, width - EDGE.left - EDGE.right);
  const y = (value: number) => HIGH - EDGE.bottom - (value / most) * (HIGH - EDGE.top - EDGE.bottom);
  const path = (values: Values) => {
    let text = "";
    let pen = "M";
    values.forEach((value, i) => {
      if (value === null || times[i] === undefined) {
        pen = "M";
        return;
      }
      text += `${pen}${x(times[i]).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
    });
    return text;
  };
  const step = MINUTES.find((one) => (last - first) / one <= Math.max(2, width / 110)) ?? 3_600_000;
  const moments: number[] = [];
  for (let time = Math.ceil(first / step) * step; time <= last && moments.length < 40; time += step)
    moments.push(time);

  const said = (i: number | null) =>
    lines
      .map(([name, values]) => {
        const value = i === null ? values.findLast((one) => one !== null) : values[i];
        return `${lines.length > 1 ? `${name} ` : ""}${unit(value)}`;
      })
      .join(" · ");
  const point = (event: PointerEvent) => {
    const left = event.clientX - host.current!.getBoundingClientRect().left - EDGE.left;
    const share = left / Math.max(1, width - EDGE.left - EDGE.right);
    setAt(share < 0 || share > 1 || times.length === 0 ? null : Math.round(share * (times.length - 1)));
  };
  return (
    <section className={css.chart}>
      <h2>
        {title}
        <span>
          {at !== null && `${clock(times[at])} · `}
          {said(at)}
          {budget !== null && ` · budget ${unit(budget)}`}
        </span>
      </h2>
      <div
        ref={host}
        role="img"
        aria-label={`${title} over the last ten minutes, now ${said(null)}`}
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
      >
        <svg width={width} height={HIGH} aria-hidden="true">
          {ticks(most, binary).map((value) => (
            <g key={value}>
              <path className={css.grid} d={`M${EDGE.left} ${y(value)}H${width - EDGE.right}`} />
              <text x={EDGE.left - 8} y={y(value) + 4} textAnchor="end">
                {unit(value)}
              </text>
            </g>
          ))}
          {moments.map((time) => (
            <g key={time}>
              <path className={css.grid} d={`M${x(time)} ${EDGE.top}V${HIGH - EDGE.bottom}`} />
              <text x={x(time)} y={HIGH - 6} textAnchor={x(time) > width - 30 ? "end" : "middle"}>
                {clock(time).slice(0, step < 60_000 ? 8 : 5)}
              </text>
            </g>
          ))}
          {budget !== null && <path className={css.budget} d={`M${EDGE.left} ${y(budget)}H${width - EDGE.right}`} />}
          {lines.map(([name, values], i) => (
            <path key={name} className={i === 0 ? css.line : css.second} d={path(values)} />
          ))}
          {at !== null && times[at] !== undefined && (
            <path className={css.cursor} d={`M${x(times[at])} ${EDGE.top}V${HIGH - EDGE.bottom}`} />
          )}
        </svg>
      </div>
    </section>
  );
}
