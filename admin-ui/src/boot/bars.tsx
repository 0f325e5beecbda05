// SPDX-License-Identifier: Apache-2.0
// The bars of the waterfall. A step is known by its place and its pattern, not by its hue alone; amber and red
// outlines mean slow and failed.
import type { Boot } from "../api/types";
import { millis, plain } from "../model/format";
import css from "./bars.module.css";
import { type Branch, JOIN, type Outlier, type Shape, STEPS, ticks } from "./phases";

export interface Scale {
  from: number; // µs: what stands at the left
  to: number;
}

const PHASE = [css.phase1, css.phase2, css.phase3, css.phase4, css.phase5];

export const phaseClass = (name: string): string =>
  (name === JOIN ? css.join : undefined) ?? PHASE[STEPS.indexOf(name as (typeof STEPS)[number])] ?? css.deeper!;

const left = (us: number, scale: Scale) => `${((us - scale.from) / (scale.to - scale.from)) * 100}%`;
const width = (us: number, scale: Scale) => `${(us / (scale.to - scale.from)) * 100}%`;

export function Axis({ scale, origin = 0 }: { scale: Scale; origin?: number }) {
  return (
    <div className={css.axis} aria-hidden="true">
      {ticks(scale.to - origin).map((at) => (
        <span key={at} className={css.tick} style={{ left: left(at + origin, scale) }}>
          {at === 0 ? "0" : millis(at).replace(/\.0+(?= )/, "")}
        </span>
      ))}
    </div>
  );
}

export function Grid({ scale, origin = 0 }: { scale: Scale; origin?: number }) {
  return (
    <div className={css.grid} aria-hidden="true">
      {ticks(scale.to - origin).map((at) => (
        <span key={at} style={{ left: left(at + origin, scale) }} />
      ))}
    </div>
  );
}

/** One start in one line: the lead-in hollow, then the five steps, then what is missing hollow. */
export function StepsBar(props: {
  boot: Boot;
  shape: Shape;
  scale: Scale;
  offset?: number; // µs: where its zero stands
  slow: readonly Outlier[];
  thin?: boolean;
}) {
  const { boot, shape, scale, offset = 0, slow, thin = false } = props;
  const end = shape.steps.reduce((last, { from, span }) => Math.max(last, from + span.length_us), 0);
  const missing =
    shape.running || shape.failed ? STEPS.filter((name) => !shape.steps.some(({ span }) => span.name === name)) : [];
  const lead = Math.min(shape.lead, offset - scale.from);
  return (
    <div className={`${css.lane} ${thin ? css.thin : ""}`}>
      {lead > 0 && (
        <span
          className={css.lead}
          title={`${millis(shape.lead)} from the process's start to the first span`}
          style={{ left: left(offset - lead, scale), width: width(lead, scale) }}
        />
      )}
      {shape.steps.map(({ span, from }) => {
        const out = slow.find((one) => one.span === span);
        const tone = !span.ok ? css.failed : out ? css.slow : "";
        return (
          <span
            key={span.span}
            className={`${css.bar} ${phaseClass(span.name)} ${tone}`}
            title={`${span.name} ${millis(span.length_us)}${out ? ` (median ${millis(out.median)})` : ""}${span.message ? `: ${plain(span.message)}` : ""}`}
            style={{ left: left(offset + from, scale), width: width(span.length_us, scale) }}
          />
        );
      })}
      {shape.join && <JoinBar join={shape.join} scale={scale} offset={offset} slow={slow} />}
      {missing.length > 0 && (
        <span
          className={`${css.missing} ${shape.running ? css.running : ""}`}
          style={{ left: left(offset + end, scale), right: 0 }}
          title={missing.join(", ")}
        >
          {shape.running
            ? `${boot.outcome}: waits for ${missing[0]?.replace("mesh.", "")}`
            : `not reached: ${missing.length} steps`}
        </span>
      )}
    </div>
  );
}

/** What comes after a start: how long until it had its neighbours. Beyond the scale it goes on, and says so. */
function JoinBar(props: { join: Branch; scale: Scale; offset: number; slow: readonly Outlier[] }) {
  const { join, scale, offset, slow } = props;
  const { span, from } = join;
  const start = offset + from;
  if (start >= scale.to) return null;
  const out = slow.find((one) => one.span === span);
  const beyond = start + span.length_us > scale.to;
  const tone = !span.ok ? css.failed : out ? css.slow : "";
  return (
    <span
      className={`${css.bar} ${css.join} ${beyond ? css.beyond : ""} ${tone}`}
      title={`${span.name} ${millis(span.length_us)}, ${join.children.length} neighbours${span.message ? `: ${plain(span.message)}` : ""}`}
      style={{ left: left(start, scale), width: width(Math.min(span.length_us, scale.to - start), scale) }}
    />
  );
}

export function SpanBar({
  branch,
  scale,
  offset = 0,
  parent,
}: {
  branch: Branch;
  scale: Scale;
  offset?: number;
  parent: string;
}) {
  const { span, from } = branch;
  const own = span.name === JOIN || STEPS.includes(span.name as never);
  const start = offset + from;
  const beyond = start + span.length_us > scale.to;
  return (
    <div className={css.lane}>
      <span
        className={`${css.bar} ${phaseClass(own ? span.name : parent)} ${own ? "" : css.deep} ${beyond ? css.beyond : ""} ${span.ok ? "" : css.failed}`}
        style={{
          left: left(start, scale),
          width: width(Math.max(0, Math.min(span.length_us, scale.to - start)), scale),
        }}
        title={`${span.name} ${millis(span.length_us)}`}
      />
    </div>
  );
}
