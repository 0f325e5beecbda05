// SPDX-License-Identifier: Apache-2.0
import { Link, useSearch } from "wouter";
import type { MeshPlugins } from "../api/types";
import { count, duration, safeName } from "../model/format";
import { pluginLook } from "../model/states";
import { withShared } from "../ui/url";
import css from "./plugins.module.css";

type Told = MeshPlugins["nodes"][number];
type Plugin = NonNullable<Told["plugins"]>[number];

export function PluginTable({ nodes, common }: { nodes: readonly Told[]; common?: string | null }) {
  const search = useSearch();
  const rows = nodes.flatMap((node) => (node.plugins ?? []).map((plugin) => ({ node, plugin })));
  const silent = nodes.filter((node) => node.plugins === null);
  return (
    <>
      {rows.length > 0 && (
        <table className={css.table}>
          <thead>
            <tr>
              {["node", "instance", "version", "ABI", "state", "health", "runs"].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {["restarts", "slow calls", "refused"].map((name) => (
                <th key={name} scope="col" className="num">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ node, plugin }) => (
              <tr key={`${node.id}/${plugin.instance}`}>
                <td>
                  <Link href={withShared(`/nodes/${node.id}?tab=plugins`, search)}>
                    <bdi>{safeName(node.name, 40)}</bdi>
                  </Link>
                </td>
                <td>
                  <bdi title={safeName(plugin.path, 200)}>{safeName(plugin.instance, 40)}</bdi>
                </td>
                <td className={common && plugin.version !== common ? css.warn : ""}>
                  {plugin.version ? safeName(plugin.version, 20) : "–"}
                  {common && plugin.version !== common ? " ≠" : ""}
                </td>
                <td>{plugin.abi ? safeName(plugin.abi, 20) : "–"}</td>
                <td className={plugin.state === "failed" || plugin.stalled ? css.dead : ""}>
                  {safeName(plugin.state, 30)}
                  {plugin.restarting && " · restarting"}
                  {plugin.stalled && " · stalled"}
                </td>
                <td>
                  <Health plugin={plugin} />
                </td>
                <td>{plugin.isolation === "process" ? `process ${plugin.process ?? ""}` : "in the host"}</td>
                <td className={`num ${plugin.restarts > 0 ? css.warn : ""}`}>{count(plugin.restarts)}</td>
                <td className="num">{count(plugin.slow_calls)}</td>
                <td className="num">{count(plugin.refused_calls)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {silent.map((node) => (
        <p key={node.id} className="muted">
          <bdi>{safeName(node.name, 40)}</bdi>: {node.error ? safeName(node.error, 160) : "its plugins are not known"}
        </p>
      ))}
      {rows.length === 0 && silent.length === 0 && <p className="muted">It has no plugins.</p>}
    </>
  );
}

function Health({ plugin }: { plugin: Plugin }) {
  const { glyph, tone, word } = pluginLook(plugin);
  return (
    <>
      <span className={css[tone]} aria-hidden="true">
        {glyph}
      </span>{" "}
      <span className={tone === "alive" ? "" : css[tone]}>{safeName(word, 30)}</span>
      {plugin.health_reason && <span className="muted"> · {safeName(plugin.health_reason, 120)}</span>}
      {plugin.error && (
        <span className={css.dead}>
          {" "}
          · {safeName(plugin.error, 160)}
          {plugin.error_ms !== null && ` (${duration(plugin.error_ms)} ago)`}
        </span>
      )}
    </>
  );
}
