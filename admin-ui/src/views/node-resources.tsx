// SPDX-License-Identifier: Apache-2.0
// The last ten minutes of a node as lines, each with its budget if there is one.
import { useMemo } from "react";
import type { Node, Series } from "../api/types";
import { bytes, count, cpu, rate } from "../model/format";
import { Chart, type Values } from "../ui/chart";
import { Failed, Waiting } from "../ui/empty";
import { useAsked } from "../ui/use-asked";
import css from "./node.module.css";

export function Resources({ node }: { node: Node }) {
  const { data, error, again } = useAsked<Series>(`nodes/${node.id}/series`, 4000);
  const times = useMemo(() => {
    const longest = Math.max(0, ...Object.values(data?.series ?? {}).map((list) => list.length));
    const end = Date.parse(data?.end ?? "");
    return Array.from({ length: longest }, (_, i) => end - (longest - 1 - i) * (data?.step_ms ?? 1000));
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
        binary
        times={times}
        lines={[["RSS", line("rss")]]}
        budget={node.budget.memory_bytes}
      />
      <Chart
        title="Network"
        unit={rate}
        binary
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
