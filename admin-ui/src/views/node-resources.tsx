// SPDX-License-Identifier: Apache-2.0
// The last ten minutes of a node as lines, each with its budget if there is one.
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Node, Series } from "../api/types";
import { bytes, clock, count, cpu, rate } from "../model/format";
import { Failed, Waiting } from "../ui/empty";
import { useTheme } from "../ui/prefs";
import { useAsked } from "../ui/use-asked";
import css from "./node.module.css";

// Steps between the lines of a scale of bytes.
const BINARY = Array.from({ length: 44 }, (_, i) => 2 ** i);

const WHOLE = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3]! * 10 ** Math.floor(i / 3));

type Values = (number | null)[];

export function Resources({ node }: { node: Node }) {
  const { data, error, again } = useAsked<Series>(`nodes/${node.id}/series`, 4000);
  const times = useMemo(() => {
    const longest = Math.max(0, ...Object.values(data?.series ?? {}).map((list) => list.length));
    const end = Date.parse(data?.end ?? "") / 1000;
    return Array.from({ length: longest }, (_, i) => end - ((longest - 1 - i) * (data?.step_ms ?? 1000)) / 1000);
  }, [data]);
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Waiting what="Fetching the last ten minutes" />;
  if (times.length === 0 || !Number.isFinite(times[0]))
    return <p className="note">Nothing was measured yet: the first numbers come within a few seconds.</p>;
  const line = (name: string): Values => {
    const list = data.series[name] ?? [];
    return [...new Array<null>(times.length - list.length).fill(null), ...list];
  };
  return (
    <div className={css.charts}>
      <Chart
        title="CPU"
        unit={cpu}
        times={times}
        lines={[["CPU", line("cpu")]]}
        budget={node.budget.cpu_millicores}
      />
      <Chart
        title="Memory"
        unit={bytes}
        times={times}
        lines={[["RSS", line("rss")]]}
        budget={node.budget.memory_bytes}
      />
      <Chart
        title="Network"
        unit={rate}
        times={times}
        lines={[
          ["receives", line("rx")],
          ["sends", line("tx")],
        ]}
      />
      <Chart title="Messages a second" unit={count} times={times} lines={[["messages", line("messages")]]} />
    </div>
  );
}

function Chart(props: {
  title: string;
  unit: (value: unknown) => string;
  times: number[];
  lines: [string, Values][];
  budget?: number | null;
}) {
  const { title, unit, times, lines, budget = null } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useTheme();
  const data = useMemo<uPlot.AlignedData>(() => {
    const flat = budget === null ? [] : [times.map(() => budget)];
    return [times, ...lines.map(([, values]) => values), ...flat] as uPlot.AlignedData;
  }, [times, lines, budget]);
  const latest = useRef(data);
  latest.current = data;
  const binary = unit === bytes || unit === rate;
  const names = lines.map(([name]) => name).join(" ");

  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew for another look, not for new numbers
  useEffect(() => {
    if (!host.current) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const axis = {
      stroke: colour("muted"),
      grid: { stroke: colour("ring"), width: 1 },
      ticks: { stroke: colour("line"), width: 1 },
      font: '11px "Inter Variable", sans-serif',
    };
    const made = new uPlot(
      {
        width: Math.max(200, host.current.clientWidth),
        height: 190,
        legend: { show: false },
        cursor: { y: false },
        scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(1, max * 1.12)] } },
        axes: [
          {
            ...axis,
            size: 28,
            values: (_, splits) =>
              splits.map((at) => clock(at * 1000).slice(0, (splits[1] ?? 0) - (splits[0] ?? 0) < 60 ? 8 : 5)),
          },
          {
            ...axis,
            size: 72,
            ...(binary ? { incrs: BINARY } : unit === count ? { incrs: WHOLE } : {}),
            values: (_, splits) => splits.map((value) => unit(value)),
          },
        ],
        series: [
          {},
          ...lines.map(([name], i) => ({
            label: name,
            stroke: colour(i === 0 ? "direct" : "alive"),
            width: 1.8,
            dash: i === 0 ? [] : [6, 3],
            points: { show: false },
          })),
          ...(budget === null
            ? []
            : [{ label: "budget", stroke: colour("dead"), width: 1.2, dash: [3, 4], points: { show: false } }]),
        ],
      },
      latest.current,
      host.current,
    );
    plot.current = made;
    const sizes = new ResizeObserver(() =>
      made.setSize({ width: Math.max(200, host.current?.clientWidth ?? 200), height: 190 }),
    );
    sizes.observe(host.current);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, names, budget === null]);
  useEffect(() => plot.current?.setData(data), [data]);

  const last = lines
    .map(
      ([name, values]) => `${lines.length > 1 ? `${name} ` : ""}${unit(values.findLast((value) => value !== null))}`,
    )
    .join(" · ");
  return (
    <section className={css.chart}>
      <h2>
        {title}
        <span>
          {last}
          {budget !== null && ` · budget ${unit(budget)}`}
        </span>
      </h2>
      <div ref={host} role="img" aria-label={`${title} over the last ten minutes, now ${last}`} />
    </section>
  );
}
