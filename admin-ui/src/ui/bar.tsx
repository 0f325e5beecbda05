// SPDX-License-Identifier: Apache-2.0
// A share of a budget as a length. The whole budget is four fifths of the bar, with a tick: what is beyond it
// is seen as length beyond the tick.
import { percent } from "../model/format";
import type { Usage } from "../model/states";
import css from "./bar.module.css";

export function Bar({ label, usage }: { label: string; usage: Usage }) {
  const { part, over } = usage;
  const filled = part === null ? 0 : Math.max(0.015, Math.min(1, part * 0.8));
  const tone = over || (part ?? 0) > 1 ? css.over : (part ?? 0) > 0.9 ? css.near : css.fine;
  return (
    <span className={label ? css.row : `${css.row} ${css.bare}`}>
      {label && <span className={css.label}>{label}</span>}
      {usage.bare ? (
        <span className={css.none}>no budget</span>
      ) : (
        <span className={css.track}>
          <span className={`${css.fill} ${tone}`} style={{ width: `${filled * 100}%` }} />
          {part !== null && <span className={css.tick} />}
        </span>
      )}
      <span className={`${css.value} ${over ? css.loud : ""}`}>{usage.text ?? percent(part)}</span>
    </span>
  );
}
