// SPDX-License-Identifier: Apache-2.0
import { phaseClass } from "./bars";
import { JOIN, STEPS } from "./phases";
import css from "./shape-legend.module.css";

export function ShapeLegend() {
  return (
    <ul className={css.list}>
      {STEPS.map((name) => (
        <li key={name}>
          <span className={`${css.swatch} ${phaseClass(name)}`} aria-hidden="true" />
          <code>{name}</code>
        </li>
      ))}
      <li>
        <span className={`${css.swatch} ${phaseClass(JOIN)}`} aria-hidden="true" />
        <code>{JOIN}</code> <span className="muted">after it: neighbours</span>
      </li>
      <li>
        <span className={`${css.swatch} ${css.hollow}`} aria-hidden="true" />
        <span className="muted">before it: loading, reading the config</span>
      </li>
    </ul>
  );
}
